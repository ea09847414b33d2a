// golang.org/x/oauth2 gets tokens and go-oidc verifies them, as a service does that trusts this issuer.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"rollcall.test/checks"
)

var (
	counts   checks.Checks
	ctx      = context.Background()
	baseURL  = checks.Given("BASE_URL")
	serverID = checks.Given("SERVER_ENTITY_ID")
	clientID = checks.Given("CLIENT_ID")
)

func main() {
	checkTokens()
	checkVerification()
	checkTenantIssuer()
	checkScim()
	counts.End()
}

// config is what a program needs to call the SCIM server with tokens of its own.
func config(secret string, scopes ...string) *clientcredentials.Config {
	return &clientcredentials.Config{
		ClientID:     clientID,
		ClientSecret: secret,
		TokenURL:     baseURL + "/oauth2/token",
		Scopes:       scopes,
	}
}

func target(permissions ...string) string {
	scope := "target-entity:" + serverID
	if len(permissions) > 0 {
		scope += ":" + strings.Join(permissions, ",")
	}
	return scope
}

func checkTokens() {
	for _, style := range []struct {
		name  string
		value oauth2.AuthStyle
	}{{"header", oauth2.AuthStyleInHeader}, {"form", oauth2.AuthStyleInParams}} {
		counts.Check("a token for credentials in the "+style.name, func() error {
			made := config(checks.Given("CLIENT_SECRET"), target("scim:user:read"))
			made.AuthStyle = style.value
			token, err := made.Token(ctx)
			if err != nil {
				return err
			}
			return checks.First(checks.Equal(token.TokenType, "Bearer"), checks.Equal(token.Valid(), true),
				checks.Equal(token.Extra("scope"), target("scim:user:read")))
		})
	}
	counts.Check("a wrong secret is refused", func() error {
		_, err := config("wrong", target()).Token(ctx)
		return refused(err, 401, "invalid_client")
	})
	counts.Check("a target that is not granted is refused", func() error {
		_, err := config(checks.Given("CLIENT_SECRET"), "target-entity:"+clientID).Token(ctx)
		return refused(err, 400, "invalid_scope")
	})
}

func refused(err error, status int, code string) error {
	var refusal *oauth2.RetrieveError
	if !errors.As(err, &refusal) {
		return fmt.Errorf("it was not refused: %v", err)
	}
	return checks.First(checks.Equal(refusal.Response.StatusCode, status), checks.Equal(refusal.ErrorCode, code))
}

// claims are those of a client's token that a service decides by.
type claims struct {
	Permissions map[string][]string `json:"permissions"`
	TenantID    string              `json:"tid"`
}

// verify is what a service does with a bearer token whose audience it is.
func verify(issuer, audience, bearer string) (*oidc.IDToken, claims, error) {
	// #region verify
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, claims{}, err
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: audience})
	token, err := verifier.Verify(ctx, bearer)
	if err != nil {
		return nil, claims{}, err
	}
	var found claims
	err = token.Claims(&found)
	// #endregion
	return token, found, err
}

func checkVerification() {
	bearer := checks.Given("SCIM_TOKEN")
	counts.Check("FIND C8: a token is verified by the discovery document and the published keys", func() error {
		token, found, err := verify(baseURL, serverID, bearer)
		if err != nil {
			return err
		}
		return checks.First(checks.Equal(token.Subject, clientID), checks.Equal(token.Issuer, baseURL),
			checks.Equal(found.TenantID, checks.Given("TENANT_ID")),
			checks.Equal(len(found.Permissions[serverID]) > 0, true))
	})
	counts.Check("FIND C8: a token for another audience is refused", func() error {
		_, _, err := verify(baseURL, clientID, bearer)
		return failsWith(err, "audience")
	})
	counts.Check("FIND C8: a token that was changed is refused for its signature", func() error {
		parts := strings.Split(bearer, ".")
		parts[2] = strings.Repeat("A", len(parts[2]))
		_, _, err := verify(baseURL, serverID, strings.Join(parts, "."))
		return failsWith(err, "failed to verify signature")
	})
	counts.Check("the discovery document names the client credentials grant", func() error {
		provider, err := oidc.NewProvider(ctx, baseURL)
		if err != nil {
			return err
		}
		var document struct {
			Grants []string `json:"grant_types_supported"`
		}
		return checks.First(provider.Claims(&document),
			checks.Equal(provider.Endpoint().TokenURL, baseURL+"/oauth2/token"),
			checks.Equal(contains(document.Grants, "client_credentials"), true))
	})
}

func failsWith(err error, part string) error {
	if err == nil || !strings.Contains(err.Error(), part) {
		return fmt.Errorf("expected a failure with %q, got %v", part, err)
	}
	return nil
}

func contains(list []string, wanted string) bool {
	for _, each := range list {
		if each == wanted {
			return true
		}
	}
	return false
}

// checkTenantIssuer gives a tenant the issuer that its own discovery document lies below.
func checkTenantIssuer() {
	counts.Check("FIND C8: a tenant's own issuer is discovered below its id", func() error {
		tenantID := checks.NewID()
		issuer := baseURL + "/" + tenantID
		body := map[string]any{"tenant": map[string]any{"name": "Issuer", "issuer": issuer}}
		if err := callAPI("POST", "/api/tenant/"+tenantID, tenantID, body, nil); err != nil {
			return err
		}
		job, err := makeJob(tenantID)
		if err != nil {
			return err
		}
		own := &clientcredentials.Config{
			ClientID: job.ID, ClientSecret: job.Secret, TokenURL: baseURL + "/oauth2/token",
			Scopes: []string{"target-entity:" + job.ID},
		}
		token, err := own.Token(ctx)
		if err != nil {
			return err
		}
		verified, _, err := verify(issuer, job.ID, token.AccessToken)
		if err != nil {
			return err
		}
		return checks.Equal(verified.Issuer, issuer)
	})
}

type job struct {
	ID     string `json:"id"`
	Secret string `json:"clientSecret"`
	Type   struct {
		ID string `json:"id"`
	} `json:"type"`
}

// makeJob makes an entity that may get tokens for itself.
func makeJob(tenantID string) (job, error) {
	var read, made struct {
		Entity job `json:"entity"`
	}
	home := checks.Given("TENANT_ID")
	if err := callAPI("GET", "/api/entity/"+clientID, home, nil, &read); err != nil {
		return job{}, err
	}
	body := map[string]any{
		"entity": map[string]any{"name": "Job", "type": map[string]any{"id": read.Entity.Type.ID}},
	}
	if err := callAPI("POST", "/api/entity", tenantID, body, &made); err != nil {
		return job{}, err
	}
	grant := map[string]any{"grant": map[string]any{"recipientEntityId": made.Entity.ID}}
	err := callAPI("POST", "/api/entity/"+made.Entity.ID+"/grant", tenantID, grant, nil)
	return made.Entity, err
}

func callAPI(method, path, tenantID string, body, answer any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(method, baseURL+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", checks.Given("API_KEY"))
	request.Header.Set("Content-Type", "application/json")
	if path != "/api/tenant/"+tenantID {
		request.Header.Set("X-FusionAuth-TenantId", tenantID)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s answered %d: %s", method, path, response.StatusCode, text)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}

func checkScim() {
	scimURL := checks.Given("SCIM_BASE_URL")
	counts.Check("the client that x/oauth2 makes provisions a person", func() error {
		// #region client
		settings := &clientcredentials.Config{
			ClientID:     checks.Given("CLIENT_ID"),
			ClientSecret: checks.Given("CLIENT_SECRET"),
			TokenURL:     baseURL + "/oauth2/token",
			Scopes:       []string{"target-entity:" + serverID},
		}
		client := settings.Client(ctx)
		person := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ann@corp.test"}`
		created, err := client.Post(scimURL+"/Users", "application/scim+json", strings.NewReader(person))
		// #endregion
		if err != nil {
			return err
		}
		created.Body.Close()
		found, err := client.Get(scimURL + "/Users?filter=" + url.QueryEscape(`userName eq "ANN@corp.test"`))
		if err != nil {
			return err
		}
		defer found.Body.Close()
		var list struct {
			TotalResults int
		}
		return checks.First(checks.Equal(created.StatusCode, 201), json.NewDecoder(found.Body).Decode(&list),
			checks.Equal(list.TotalResults, 1))
	})
	counts.Check("a token without the permission is 403", func() error {
		client := config(checks.Given("CLIENT_SECRET"), target("scim:user:read")).Client(ctx)
		body := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"eve@corp.test"}`
		answer, err := client.Post(scimURL+"/Users", "application/scim+json", strings.NewReader(body))
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		return checks.Equal(answer.StatusCode, 403)
	})
}
