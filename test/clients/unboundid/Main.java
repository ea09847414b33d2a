import com.unboundid.scim2.client.ScimService;
import com.unboundid.scim2.common.Path;
import com.unboundid.scim2.common.exceptions.BadRequestException;
import com.unboundid.scim2.common.exceptions.ForbiddenException;
import com.unboundid.scim2.common.exceptions.PreconditionFailedException;
import com.unboundid.scim2.common.exceptions.ResourceConflictException;
import com.unboundid.scim2.common.exceptions.ResourceNotFoundException;
import com.unboundid.scim2.common.exceptions.ScimException;
import com.unboundid.scim2.common.exceptions.UnauthorizedException;
import com.unboundid.scim2.common.filters.Filter;
import com.unboundid.scim2.common.messages.ListResponse;
import com.unboundid.scim2.common.messages.SortOrder;
import com.unboundid.scim2.common.types.Email;
import com.unboundid.scim2.common.types.EnterpriseUserExtension;
import com.unboundid.scim2.common.types.GroupResource;
import com.unboundid.scim2.common.types.Member;
import com.unboundid.scim2.common.types.Name;
import com.unboundid.scim2.common.types.SchemaResource;
import com.unboundid.scim2.common.types.UserResource;
import com.unboundid.scim2.common.utils.JsonUtils;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.ClientRequestFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.glassfish.jersey.apache.connector.ApacheConnectorProvider;
import org.glassfish.jersey.client.ClientConfig;

/** UnboundID's SCIM 2 client against users, groups, filters, PATCH, paging and discovery. */
final class Main {
    private static final String ENTERPRISE =
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    private static final int PEOPLE = 11;

    private static final Checks checks = new Checks();
    private static ScimService scim;
    private static String annId;
    private static String bobId;
    private static String groupId;

    private Main() {}

    public static void main(String[] args) {
        scim = connect(Checks.given("SCIM_TOKEN"));
        checkDiscovery();
        checkUsers();
        checkUserPatch();
        checkExtensionPatch();
        checkGroups();
        checkLists();
        checkPreconditions();
        checkRefusals();
        checks.end();
    }

    private static ScimService connect(String token) {
        // #region connect
        // Jersey's own connector cannot send PATCH.
        ClientConfig config = new ClientConfig().connectorProvider(new ApacheConnectorProvider());
        Client http = ClientBuilder.newClient(config).register((ClientRequestFilter) request ->
            request.getHeaders().putSingle("Authorization", "Bearer " + token));
        return new ScimService(http.target(Checks.given("SCIM_BASE_URL")));
        // #endregion
    }

    private static void checkDiscovery() {
        checks.check("the configuration of the server is read", () -> {
            var configuration = scim.getServiceProviderConfig();
            Checks.equal(configuration.getPatch().isSupported(), true);
            Checks.equal(configuration.getBulk().getMaxOperations(), 1000);
            Checks.equal(configuration.getFilter().getMaxResults(), 200);
        });
        checks.check("the resource types and schemas are read", () -> {
            Checks.ok(scim.getResourceTypes().getTotalResults() >= 2, "users and groups");
            SchemaResource schema = scim.getSchema(ENTERPRISE);
            Checks.equal(schema.getId(), ENTERPRISE);
            Checks.ok(
                schema.getAttributes().stream().anyMatch(attribute -> attribute.getName().equals("manager")),
                "the manager is described");
        });
    }

    private static void checkUsers() {
        checks.check("a person is created and read back", () -> {
            UserResource ann = new UserResource()
                .setUserName("ann@corp.test")
                .setName(new Name().setGivenName("Ann").setFamilyName("Lee"))
                .setEmails(new Email().setValue("ann@corp.test").setType("work").setPrimary(true))
                .setActive(true);
            UserResource created = scim.create("Users", ann);
            annId = created.getId();
            Checks.equal(read(), created);
            Checks.equal(read().getName().getFamilyName(), "Lee");
            Checks.equal(read().getEmails().get(0).getValue(), "ann@corp.test");
        });
        checks.check("PUT of what was read changes one field, and adds the extension", () -> {
            UserResource changed = read().setTitle("Dr.");
            changed.setExtension(new EnterpriseUserExtension().setDepartment("Sales"));
            UserResource put = scim.replace(changed);
            Checks.equal(put.getTitle(), "Dr.");
            Checks.equal(put.getExtension(EnterpriseUserExtension.class).getDepartment(), "Sales");
            Checks.equal(put.getUserName(), "ann@corp.test");
        });
        checks.check("a userName that is taken is 409 uniqueness, in any case", () -> {
            ScimException error = refused(
                ResourceConflictException.class,
                () -> scim.create("Users", new UserResource().setUserName("ANN@corp.test")));
            Checks.equal(error.getScimError().getScimType(), "uniqueness");
        });
    }

    private static void checkUserPatch() {
        checks.check("PATCH replaces single values", () -> {
            // #region patch
            UserResource patched = scim.modifyRequest("Users", annId)
                .replaceValue("name.familyName", "Ray")
                .replaceValue("active", false)
                .invoke(UserResource.class);
            // #endregion
            Checks.equal(patched.getName().getFamilyName(), "Ray");
            Checks.equal(patched.getActive(), false);
            Checks.equal(read(), patched);
            scim.modifyRequest("Users", annId).replaceValue("active", true).invoke(UserResource.class);
            Checks.equal(read().getActive(), true);
        });
        checks.check("PATCH adds an address and removes it by filter", () -> {
            scim.modifyRequest("Users", annId)
                .addValues("emails", new Email().setValue("ann@home.test").setType("home"))
                .invoke(UserResource.class);
            Checks.equal(read().getEmails().size(), 2);
            scim.modifyRequest("Users", annId)
                .removeValues("emails[type eq \"home\"]")
                .invoke(UserResource.class);
            Checks.equal(read().getEmails().size(), 1);
        });
        checks.check("FIND S-20: addValues of one single value, which this client sends as a list", () -> {
            scim.modifyRequest("Users", annId).addValues("nickName", "Annie").invoke(UserResource.class);
            Checks.equal(read().getNickName(), "Annie");
        });
        checks.check("a path that does not exist is refused, and nothing changes", () -> {
            ScimException error = refused(
                BadRequestException.class,
                () -> scim.modifyRequest("Users", annId)
                    .replaceValue("title", "x")
                    .replaceValue("favourite", "y")
                    .invoke(UserResource.class));
            Checks.equal(error.getScimError().getScimType(), "invalidPath");
            Checks.equal(read().getTitle(), "Dr.");
        });
    }

    private static void checkExtensionPatch() {
        checks.check("PATCH reaches into the extension", () -> {
            scim.modifyRequest("Users", annId)
                .replaceValue(ENTERPRISE + ":department", "Support")
                .invoke(UserResource.class);
            Checks.equal(read().getExtension(EnterpriseUserExtension.class).getDepartment(), "Support");
        });
        checks.check("FIND S-21: PATCH replaces the extension, whose path this client ends with a colon", () -> {
            scim.modifyRequest("Users", annId)
                .replaceValue(
                    Path.root(EnterpriseUserExtension.class),
                    JsonUtils.valueToNode(new EnterpriseUserExtension().setCostCenter("4711")))
                .invoke(UserResource.class);
            Checks.equal(read().getExtension(EnterpriseUserExtension.class).getCostCenter(), "4711");
        });
    }

    private static UserResource read() throws ScimException {
        return scim.retrieve("Users", annId, UserResource.class);
    }

    private static void checkGroups() {
        checks.check("a group is created with a member, who shows it", () -> {
            GroupResource sales = new GroupResource()
                .setDisplayName("Sales")
                .setMembers(new Member().setValue(annId));
            groupId = scim.create("Groups", sales).getId();
            Checks.equal(read().getGroups().get(0).getDisplay(), "Sales");
        });
        checks.check("PATCH adds a member and removes one by filter", () -> {
            bobId = scim.create("Users", new UserResource().setUserName("bob@corp.test")).getId();
            scim.modifyRequest("Groups", groupId)
                .addValues("members", new Member().setValue(bobId))
                .invoke(GroupResource.class);
            Checks.equal(memberIds(), Set.of(annId, bobId));
            scim.modifyRequest("Groups", groupId)
                .removeValues("members[value eq \"" + annId + "\"]")
                .invoke(GroupResource.class);
            Checks.equal(memberIds(), Set.of(bobId));
            Checks.equal(read().getGroups(), null);
        });
        checks.check("a group's name is unique", () -> refused(
            ResourceConflictException.class,
            () -> scim.create("Groups", new GroupResource().setDisplayName("sales"))));
    }

    private static Set<String> memberIds() throws ScimException {
        return scim.retrieve("Groups", groupId, GroupResource.class).getMembers().stream()
            .map(Member::getValue)
            .collect(Collectors.toSet());
    }

    private static void checkLists() {
        checks.check("a filter finds one person, in any case", () -> {
            ListResponse<UserResource> found = scim.searchRequest("Users")
                .filter(Filter.eq("userName", "ANN@corp.test"))
                .invoke(UserResource.class);
            Checks.equal(found.getTotalResults(), 1);
            Checks.equal(found.getResources().get(0).getId(), annId);
        });
        checks.check("a filter of two conditions is sent by POST to .search", () -> {
            ListResponse<UserResource> found = scim.searchRequest("Users")
                .filter(Filter.and(Filter.eq("active", true), Filter.sw("emails.value", "ann@")))
                .attributes("userName")
                .invokePost(UserResource.class);
            Checks.equal(found.getTotalResults(), 1);
            Checks.equal(found.getResources().get(0).getUserName(), "ann@corp.test");
            Checks.equal(found.getResources().get(0).getName(), null);
        });
        checks.check("paging goes through everybody once, in order", () -> {
            for (int i = 1; i <= PEOPLE; i++) {
                String userName = String.format("page%02d@corp.test", i);
                scim.create("Users", new UserResource().setUserName(userName));
            }
            List<String> names = new ArrayList<>();
            for (int start = 1; start <= PEOPLE; start += 5) {
                ListResponse<UserResource> page = scim.searchRequest("Users")
                    .filter(Filter.sw("userName", "page"))
                    .sort("userName", SortOrder.DESCENDING)
                    .page(start, 5)
                    .invoke(UserResource.class);
                Checks.equal(List.of(page.getTotalResults(), page.getStartIndex()), List.of(PEOPLE, start));
                page.getResources().forEach(user -> names.add(user.getUserName()));
            }
            Checks.equal(names.size(), PEOPLE);
            Checks.equal(names.get(0), "page11@corp.test");
            Checks.equal(names.get(PEOPLE - 1), "page01@corp.test");
        });
        checks.check("cursors go through everybody once", () -> {
            List<String> names = new ArrayList<>();
            ListResponse<UserResource> page = scim.searchRequest("Users")
                .filter(Filter.sw("userName", "page"))
                .firstPageCursorWithCount(4)
                .invoke(UserResource.class);
            page.getResources().forEach(user -> names.add(user.getUserName()));
            while (page.getNextCursor() != null) {
                page = scim.searchRequest("Users")
                    .filter(Filter.sw("userName", "page"))
                    .pageWithCursor(page.getNextCursor(), 4)
                    .invoke(UserResource.class);
                page.getResources().forEach(user -> names.add(user.getUserName()));
            }
            Checks.equal(names.size(), PEOPLE);
            Checks.equal(Set.copyOf(names).size(), PEOPLE);
        });
        checks.check("a filter that is none is refused", () -> {
            ScimException error = refused(
                BadRequestException.class,
                () -> scim.search("Users", "userName eq", UserResource.class));
            Checks.equal(error.getScimError().getScimType(), "invalidFilter");
        });
    }

    private static void checkPreconditions() {
        checks.check("a stale version changes nothing", () -> {
            UserResource stale = read();
            scim.modifyRequest("Users", annId).replaceValue("title", "Prof.").invoke(UserResource.class);
            refused(
                PreconditionFailedException.class,
                () -> scim.replaceRequest(stale.setTitle("x")).ifMatch().invoke());
            refused(
                PreconditionFailedException.class,
                () -> scim.deleteRequest(stale).ifMatch(stale.getMeta().getVersion()).invoke());
            Checks.equal(read().getTitle(), "Prof.");
        });
    }

    private static void checkRefusals() {
        checks.check("a token that is none is 401", () -> refused(
            UnauthorizedException.class,
            () -> connect("wrong").retrieve("Users", annId, UserResource.class)));
        checks.check("a token that may only read is 403 for a change", () -> {
            ScimService reader = connect(Checks.given("READER_TOKEN"));
            Checks.equal(reader.retrieve("Users", annId, UserResource.class).getId(), annId);
            refused(ForbiddenException.class, () -> reader.delete("Users", annId));
            refused(ForbiddenException.class, () -> reader.retrieve("Groups", groupId, GroupResource.class));
        });
        checks.check("a deleted person is 404, and has left the group", () -> {
            scim.delete("Users", bobId);
            refused(
                ResourceNotFoundException.class,
                () -> scim.retrieve("Users", bobId, UserResource.class));
            Checks.equal(memberIds(), Set.of());
        });
    }

    /** Runs what must be refused, and gives the error. */
    private static ScimException refused(Class<? extends ScimException> kind, Checks.Body body)
        throws Exception {
        try {
            body.run();
        } catch (ScimException error) {
            Checks.equal(error.getClass(), kind);
            return error;
        }
        throw new AssertionError("it was not refused");
    }
}
