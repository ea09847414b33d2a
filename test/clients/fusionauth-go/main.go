// FusionAuth's Go client against tenants, entity types, entities, grants and the token services.
package main

import (
	"fmt"
	"net/url"

	"github.com/FusionAuth/go-client/pkg/fusionauth"
	"rollcall.test/checks"
)

var (
	counts   checks.Checks
	baseURL  = mustParse(checks.Given("BASE_URL"))
	tenantID = checks.Given("TENANT_ID")
	global   = newClient("")
	client   = newClient(tenantID)

	typeID, readID, writeID = checks.NewID(), checks.NewID(), checks.NewID()
	apiID, jobID            = checks.NewID(), checks.NewID()
	secret                  string
)

func main() {
	checkTenants()
	checkTypes()
	checkEntities()
	checkGrants()
	checkTokens()
	checkSystem()
	counts.End()
}

func newClient(tenant string) *fusionauth.FusionAuthClient {
	made := fusionauth.NewClient(nil, baseURL, checks.Given("API_KEY"))
	made.SetTenantId(tenant)
	return made
}

func checkTenants() {
	id := checks.NewID()
	counts.Check("a tenant is made, read and found by name", func() error {
		_, faults, err := global.CreateTenant(id, fusionauth.TenantRequest{
			Tenant: fusionauth.Tenant{Name: "Acme", Data: map[string]any{"plan": "gold"}},
		})
		if err := succeed(faults, err); err != nil {
			return err
		}
		read, faults, err := global.RetrieveTenant(id)
		if err := checks.First(succeed(faults, err), checks.Equal(read.Tenant.Name, "Acme"),
			checks.Equal(read.Tenant.Data, map[string]any{"plan": "gold"})); err != nil {
			return err
		}
		found, faults, err := global.SearchTenants(fusionauth.TenantSearchRequest{
			Search: fusionauth.TenantSearchCriteria{Name: "acme"},
		})
		return checks.First(succeed(faults, err), checks.Equal(found.Total, int64(1)),
			checks.Equal(found.Tenants[0].Id, id))
	})
	counts.Check("PATCH changes one field and keeps the others", func() error {
		patched, faults, err := global.PatchTenant(id, map[string]any{
			"tenant": map[string]any{"name": "Acme Ltd"},
		})
		return checks.First(succeed(faults, err), checks.Equal(patched.Tenant.Name, "Acme Ltd"),
			checks.Equal(patched.Tenant.Data, map[string]any{"plan": "gold"}))
	})
	counts.Check("what was read is taken back by PUT", func() error {
		read, faults, err := global.RetrieveTenant(id)
		if err := succeed(faults, err); err != nil {
			return err
		}
		put, faults, err := global.UpdateTenant(id, fusionauth.TenantRequest{Tenant: read.Tenant})
		return checks.First(succeed(faults, err), checks.Equal(put.Tenant.Name, "Acme Ltd"),
			checks.Equal(put.Tenant.JwtConfiguration, read.Tenant.JwtConfiguration))
	})
	counts.Check("a name that is taken is a duplicate", func() error {
		answer, faults, err := global.CreateTenant(checks.NewID(), fusionauth.TenantRequest{
			Tenant: fusionauth.Tenant{Name: "Acme Ltd"},
		})
		return refuse(answer.StatusCode, faults, err, 400, "[duplicate]tenant.name")
	})
	counts.Check("a deleted tenant is gone", func() error {
		_, faults, err := global.DeleteTenant(id)
		if err := succeed(faults, err); err != nil {
			return err
		}
		answer, _, _ := global.RetrieveTenant(id)
		return checks.Equal(answer.StatusCode, 404)
	})
	counts.Check("FIND C11: the password rules need no key, and the header says which tenant's", func() error {
		rules, err := client.RetrievePasswordValidationRules()
		return checks.First(err, checks.Equal(rules.StatusCode, 200),
			checks.Equal(rules.PasswordValidationRules.MinLength > 0, true))
	})
}

func checkTypes() {
	counts.Check("FIND C14: an entity type is made of a fresh struct, and its permissions after it", func() error {
		_, faults, err := global.CreateEntityType(typeID, fusionauth.EntityTypeRequest{
			EntityType: fusionauth.EntityType{Name: "API"},
		})
		if err := succeed(faults, err); err != nil {
			return err
		}
		if err := checks.First(addPermission(writeID, "write", false), addPermission(readID, "read", true)); err != nil {
			return err
		}
		read, faults, err := global.RetrieveEntityType(typeID)
		if err := succeed(faults, err); err != nil {
			return err
		}
		var names []string
		for _, permission := range read.EntityType.Permissions {
			names = append(names, permission.Name)
		}
		return checks.Equal(names, []string{"read", "write"})
	})
	counts.Check("a type and a permission are changed by PATCH", func() error {
		kind, faults, err := global.PatchEntityType(typeID, map[string]any{
			"entityType": map[string]any{"data": map[string]any{"team": "core"}},
		})
		if err := checks.First(succeed(faults, err), checks.Equal(kind.EntityType.Name, "API"),
			checks.Equal(kind.EntityType.Data, map[string]any{"team": "core"})); err != nil {
			return err
		}
		permission, faults, err := global.PatchEntityTypePermission(typeID, readID, map[string]any{
			"permission": map[string]any{"description": "Reads"},
		})
		return checks.First(succeed(faults, err), checks.Equal(permission.Permission.Name, "read"),
			checks.Equal(permission.Permission.Description, "Reads"))
	})
	counts.Check("a type is found by name", func() error {
		found, faults, err := global.SearchEntityTypes(fusionauth.EntityTypeSearchRequest{
			Search: fusionauth.EntityTypeSearchCriteria{Name: "API"},
		})
		return checks.First(succeed(faults, err), checks.Equal(found.Total, int64(1)),
			checks.Equal(found.EntityTypes[0].Id, typeID))
	})
}

func addPermission(id, name string, isDefault bool) error {
	_, faults, err := global.CreateEntityTypePermission(typeID, id, fusionauth.EntityTypeRequest{
		Permission: fusionauth.EntityTypePermission{Name: name, IsDefault: isDefault},
	})
	return succeed(faults, err)
}

func checkEntities() {
	counts.Check("entities are made, and their secret is read back", func() error {
		_, faults, err := client.CreateEntity(apiID, entity("Orders"))
		if err := succeed(faults, err); err != nil {
			return err
		}
		request := entity("Nightly job")
		request.Entity.Data = map[string]any{"owner": "Zoë"}
		made, faults, err := client.CreateEntity(jobID, request)
		if err := succeed(faults, err); err != nil {
			return err
		}
		secret = made.Entity.ClientSecret
		read, faults, err := client.RetrieveEntity(jobID)
		return checks.First(succeed(faults, err), checks.Equal(len(secret) >= 43, true),
			checks.Equal(read.Entity, made.Entity), checks.Equal(read.Entity.TenantId, tenantID))
	})
	counts.Check("PATCH and PUT change an entity and keep its secret", func() error {
		patched, faults, err := client.PatchEntity(jobID, map[string]any{
			"entity": map[string]any{"name": "Hourly job"},
		})
		if err := checks.First(succeed(faults, err), checks.Equal(patched.Entity.Name, "Hourly job"),
			checks.Equal(patched.Entity.ClientSecret, secret)); err != nil {
			return err
		}
		put, faults, err := client.UpdateEntity(jobID, entity("Nightly job"))
		return checks.First(succeed(faults, err), checks.Equal(put.Entity.Name, "Nightly job"),
			checks.Equal(put.Entity.ClientSecret, secret))
	})
	counts.Check("entities are found by name and by id", func() error {
		criteria := fusionauth.EntitySearchCriteria{}
		criteria.QueryString = "orders"
		byName, faults, err := client.SearchEntities(fusionauth.EntitySearchRequest{Search: criteria})
		if err := checks.First(succeed(faults, err), checks.Equal(byName.Total, int64(1)),
			checks.Equal(byName.Entities[0].Id, apiID)); err != nil {
			return err
		}
		byIDs, faults, err := client.SearchEntitiesByIds([]string{jobID, checks.NewID()})
		return checks.First(succeed(faults, err), checks.Equal(len(byIDs.Entities), 1),
			checks.Equal(byIDs.Entities[0].Id, jobID))
	})
	counts.Check("a type that is not there is refused by field", func() error {
		request := entity("x")
		request.Entity.Type.Id = checks.NewID()
		answer, faults, err := client.CreateEntity(checks.NewID(), request)
		return refuse(answer.StatusCode, faults, err, 400, "[invalid]entity.type.id")
	})
}

func entity(name string) fusionauth.EntityRequest {
	return fusionauth.EntityRequest{
		Entity: fusionauth.Entity{Name: name, Type: fusionauth.EntityType{Id: typeID}},
	}
}

func checkGrants() {
	counts.Check("a grant without permissions gets the default ones", func() error {
		if err := grant(); err != nil {
			return err
		}
		read, faults, err := client.RetrieveEntityGrant(apiID, jobID, "")
		return checks.First(succeed(faults, err), checks.Equal(read.Grant.Permissions, []string{"read"}))
	})
	counts.Check("a grant is replaced, and found by who holds it", func() error {
		if err := grant("read", "write"); err != nil {
			return err
		}
		found, faults, err := client.SearchEntityGrants(fusionauth.EntityGrantSearchRequest{
			Search: fusionauth.EntityGrantSearchCriteria{EntityId: jobID},
		})
		return checks.First(succeed(faults, err), checks.Equal(found.Total, int64(1)),
			checks.Equal(found.Grants[0].Entity.Id, apiID),
			checks.Equal(found.Grants[0].Permissions, []string{"read", "write"}),
			checks.Equal(found.Grants[0].Entity.ClientSecret, ""))
	})
	counts.Check("a permission that the type lacks cannot be granted", func() error {
		return checks.Equal(grant("fly") != nil, true)
	})
}

func grant(permissions ...string) error {
	_, faults, err := client.UpsertEntityGrant(apiID, fusionauth.EntityGrantRequest{
		Grant: fusionauth.EntityGrant{RecipientEntityId: jobID, Permissions: permissions},
	})
	return succeed(faults, err)
}

func checkTokens() {
	var token string
	counts.Check("a token carries what is granted, and validation agrees", func() error {
		// #region token
		scope := "target-entity:" + apiID + ":read"
		answer, refusal, err := client.ClientCredentialsGrant(jobID, secret, scope)
		// #endregion
		if err != nil || refusal != nil {
			return fmt.Errorf("%v %v", refusal, err)
		}
		token = answer.AccessToken
		validated, err := client.ValidateJWT(token)
		return checks.First(err, checks.Equal(validated.Jwt.Sub, jobID), checks.Equal(validated.Jwt.Aud, apiID),
			checks.Equal(answer.Scope, scope))
	})
	counts.Check("a wrong secret is refused", func() error {
		answer, refusal, _ := client.ClientCredentialsGrant(jobID, "wrong", "")
		return checks.First(checks.Equal(answer.StatusCode, 401),
			checks.Equal(string(refusal.Error), "invalid_client"))
	})
	counts.Check("a permission beyond the grant is refused", func() error {
		answer, refusal, _ := client.ClientCredentialsGrant(jobID, secret, "target-entity:"+apiID+":fly")
		return checks.First(checks.Equal(answer.StatusCode, 400),
			checks.Equal(string(refusal.Error), "invalid_scope"))
	})
	counts.Check("a deleted grant gives no token any more", func() error {
		_, faults, err := client.DeleteEntityGrant(apiID, jobID, "")
		if err := succeed(faults, err); err != nil {
			return err
		}
		gone, _, _ := client.RetrieveEntityGrant(apiID, jobID, "")
		refused, refusal, _ := client.ClientCredentialsGrant(jobID, secret, "target-entity:"+apiID)
		return checks.First(checks.Equal(gone.StatusCode, 404), checks.Equal(refused.StatusCode, 400),
			checks.Equal(string(refusal.Error), "invalid_scope"))
	})
	counts.Check("the published keys are read", func() error {
		keys, err := client.RetrieveJsonWebKeySet()
		return checks.First(err, checks.Equal(len(keys.Keys) > 0, true), checks.Equal(keys.Keys[0].Kty != "", true))
	})
}

func checkSystem() {
	counts.Check("the status is there with and without a key", func() error {
		anonymous, err := fusionauth.NewClient(nil, baseURL, "").RetrieveSystemStatus()
		if err := checks.First(err, checks.Equal(anonymous.StatusCode, 200)); err != nil {
			return err
		}
		known, err := global.RetrieveSystemStatusUsingAPIKey()
		return checks.First(err, checks.Equal(known.StatusCode, 200))
	})
	counts.Check("a key that is not there is refused", func() error {
		answer, _, _ := fusionauth.NewClient(nil, baseURL, "wrong").RetrieveTenant(tenantID)
		return checks.Equal(answer.StatusCode, 401)
	})
	counts.Check("another tenant does not see the entities", func() error {
		other := checks.NewID()
		_, faults, err := global.CreateTenant(other, fusionauth.TenantRequest{Tenant: fusionauth.Tenant{Name: "Other"}})
		if err := succeed(faults, err); err != nil {
			return err
		}
		answer, _, _ := newClient(other).RetrieveEntity(jobID)
		return checks.Equal(answer.StatusCode, 404)
	})
	counts.Check("what was made is deleted", func() error {
		_, first, err1 := client.DeleteEntity(apiID)
		_, second, err2 := client.DeleteEntity(jobID)
		_, third, err3 := global.DeleteEntityType(typeID)
		gone, _, _ := global.RetrieveEntityType(typeID)
		return checks.First(succeed(first, err1), succeed(second, err2), succeed(third, err3),
			checks.Equal(gone.StatusCode, 404))
	})
}

// succeed gives an error unless the client saw a success.
func succeed(faults *fusionauth.Errors, err error) error {
	if err != nil {
		return err
	}
	if faults != nil {
		return fmt.Errorf("%+v", *faults)
	}
	return nil
}

func refuse(status int, faults *fusionauth.Errors, err error, expected int, code string) error {
	if err != nil {
		return err
	}
	if err := checks.Equal(status, expected); err != nil {
		return err
	}
	for _, list := range faults.FieldErrors {
		for _, fault := range list {
			if fault.Code == code {
				return nil
			}
		}
	}
	return fmt.Errorf("no %s in %+v", code, *faults)
}

func mustParse(text string) *url.URL {
	parsed, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return parsed
}
