// Package checks counts checks and prints a line for each; the last line is what the runner reads.
package checks

import (
	"crypto/rand"
	"fmt"
	"os"
	"reflect"
)

// Checks is the count of one program.
type Checks struct {
	passed int
	failed int
}

// Check passes unless the body returns an error.
func (c *Checks) Check(name string, body func() error) {
	if err := body(); err != nil {
		c.failed++
		fmt.Printf("FAILED  %s: %v\n", name, err)
		return
	}
	c.passed++
	fmt.Printf("passed  %s\n", name)
}

// End prints the counts and ends the program.
func (c *Checks) End() {
	fmt.Printf("%d passed, %d failed\n", c.passed, c.failed)
	if c.failed > 0 {
		os.Exit(1)
	}
}

// Equal gives an error when two values differ.
func Equal(actual, expected any) error {
	if reflect.DeepEqual(actual, expected) {
		return nil
	}
	return fmt.Errorf("expected %v, got %v", expected, actual)
}

// First gives the first error of several.
func First(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Given reads a variable that the runner passes.
func Given(name string) string {
	value, isSet := os.LookupEnv(name)
	if !isSet {
		fmt.Fprintf(os.Stderr, "%s is not set: start this by npm run clients.\n", name)
		os.Exit(1)
	}
	return value
}

// NewID makes a random UUID (RFC 9562 section 5.4).
func NewID() string {
	bytes := make([]byte, 16)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	bytes[6] = bytes[6]&0x0f | 0x40
	bytes[8] = bytes[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", bytes[:4], bytes[4:6], bytes[6:8], bytes[8:10], bytes[10:])
}
