"""Counts checks and prints a line for each; the last lines are what the runner reads."""

import os
import sys


class Checks:
    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.client_faults = 0

    def check(self, name, body):
        """Passes unless the body raises."""
        try:
            body()
        except Exception as error:
            self.fail(name, error)
        else:
            self.succeed(name)

    def check_despite_client(self, name, known_message, reason, body):
        """
        A check that the library itself makes impossible. Only the known message counts as the client's fault: any
        other failure is one, and so the day shows on which the library is mended.
        """
        try:
            body()
        except Exception as error:
            if known_message in str(error):
                self.excuse(name, reason)
            else:
                self.fail(name, error)
        else:
            self.succeed(name)

    def succeed(self, name):
        self.passed += 1
        print(f"passed  {name}")

    def fail(self, name, reason):
        self.failed += 1
        text = " ".join(str(reason).split())
        print(f"FAILED  {name}: {text}")

    def excuse(self, name, reason):
        """Counts a check that failed by the client's own fault."""
        self.client_faults += 1
        print(f"client's fault  {name}: {reason}")

    def end(self):
        if self.client_faults > 0:
            print(f"{self.client_faults} failed by the client's own fault")
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(0 if self.failed == 0 else 1)


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def refused(kind, body):
    """Runs what must raise this kind of error, and gives the error."""
    try:
        body()
    except kind as error:
        return error
    raise AssertionError("it was not refused")


def given(name):
    """A variable that the runner passes."""
    if name not in os.environ:
        sys.exit(f"{name} is not set: start this by npm run clients.")
    return os.environ[name]
