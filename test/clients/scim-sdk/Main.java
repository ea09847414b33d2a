import static de.captaingoldfish.scim.sdk.common.constants.EndpointPaths.GROUPS;
import static de.captaingoldfish.scim.sdk.common.constants.EndpointPaths.USERS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import de.captaingoldfish.scim.sdk.client.ScimClientConfig;
import de.captaingoldfish.scim.sdk.client.ScimRequestBuilder;
import de.captaingoldfish.scim.sdk.client.builder.BulkBuilder;
import de.captaingoldfish.scim.sdk.client.builder.ListBuilder;
import de.captaingoldfish.scim.sdk.client.resources.MetaConfiguration;
import de.captaingoldfish.scim.sdk.client.response.ServerResponse;
import de.captaingoldfish.scim.sdk.common.constants.HttpHeader;
import de.captaingoldfish.scim.sdk.common.constants.enums.Comparator;
import de.captaingoldfish.scim.sdk.common.constants.enums.HttpMethod;
import de.captaingoldfish.scim.sdk.common.constants.enums.PatchOp;
import de.captaingoldfish.scim.sdk.common.constants.enums.SortOrder;
import de.captaingoldfish.scim.sdk.common.resources.EnterpriseUser;
import de.captaingoldfish.scim.sdk.common.resources.Group;
import de.captaingoldfish.scim.sdk.common.resources.User;
import de.captaingoldfish.scim.sdk.common.resources.complex.Name;
import de.captaingoldfish.scim.sdk.common.resources.multicomplex.Email;
import de.captaingoldfish.scim.sdk.common.resources.multicomplex.Member;
import de.captaingoldfish.scim.sdk.common.response.BulkResponse;
import de.captaingoldfish.scim.sdk.common.response.ListResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** SCIM-SDK's client against users, groups, filters, PATCH, Bulk, paging and discovery. */
final class Main {
    private static final String ENTERPRISE =
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    /** One page holds 100. */
    private static final int PEOPLE = 105;

    private static final Checks checks = new Checks();
    private static ScimRequestBuilder scim;
    private static String annId;
    private static String bobId;
    private static String groupId;

    private Main() {}

    public static void main(String[] args) {
        scim = connect(Checks.given("SCIM_TOKEN"));
        checkDiscovery();
        checkUsers();
        checkUserPatch();
        checkGroups();
        checkLists();
        checkBulk();
        checkPreconditions();
        checkRefusals();
        scim.close();
        checks.end();
    }

    private static ScimRequestBuilder connect(String token) {
        // #region connect
        String baseUrl = Checks.given("SCIM_BASE_URL");
        ScimClientConfig config = ScimClientConfig.builder()
            .httpHeaders(Map.of(HttpHeader.AUTHORIZATION, "Bearer " + token))
            .build();
        return new ScimRequestBuilder(baseUrl, config);
        // #endregion
    }

    private static void checkDiscovery() {
        checks.check("the configuration of the server is loaded", () -> {
            ServerResponse<MetaConfiguration> answer = scim.loadMetaConfiguration().sendRequest();
            succeed(answer, 200);
            MetaConfiguration found = answer.getResource();
            Checks.equal(found.getServiceProvider().getPatchConfig().isSupported(), true);
            Checks.equal(found.getServiceProvider().getBulkConfig().getMaxOperations(), 1000);
            Checks.ok(found.getResourceTypes().size() >= 2, "users and groups are resource types");
            Checks.ok(
                found.getSchemas().stream()
                    .anyMatch(schema -> schema.getId().equals(Optional.of(ENTERPRISE))),
                "the enterprise schema is described");
        });
    }

    private static void checkUsers() {
        checks.check("a person is created and read back", () -> {
            // #region create
            User ann = User.builder()
                .userName("ann@corp.test")
                .name(Name.builder().givenName("Ann").familyName("Lee").build())
                .emails(List.of(Email.builder().value("ann@corp.test").type("work").primary(true).build()))
                .active(true)
                .build();
            ServerResponse<User> created = scim.create(User.class, USERS).setResource(ann).sendRequest();
            // #endregion
            succeed(created, 201);
            annId = created.getResource().getId().orElseThrow();
            ServerResponse<User> read = scim.get(User.class, USERS, annId).sendRequest();
            succeed(read, 200);
            Checks.equal(read.getResource(), created.getResource());
            Checks.equal(read.getResource().getName().flatMap(Name::getFamilyName), Optional.of("Lee"));
            Checks.equal(read.getResource().getEmails().get(0).getValue(), Optional.of("ann@corp.test"));
        });
        checks.check("PUT of what was read changes one field", () -> {
            User read = scim.get(User.class, USERS, annId).sendRequest().getResource();
            read.setTitle("Dr.");
            read.setEnterpriseUser(EnterpriseUser.builder().department("Sales").build());
            ServerResponse<User> put = scim.update(User.class, USERS, annId).setResource(read).sendRequest();
            succeed(put, 200);
            Checks.equal(put.getResource().getTitle(), Optional.of("Dr."));
            Checks.equal(
                put.getResource().getEnterpriseUser().flatMap(EnterpriseUser::getDepartment),
                Optional.of("Sales"));
            Checks.equal(put.getResource().getUserName(), Optional.of("ann@corp.test"));
        });
        checks.check("a userName that is taken is 409 uniqueness, in any case", () -> {
            User twin = User.builder().userName("ANN@corp.test").build();
            ServerResponse<User> answer = scim.create(User.class, USERS).setResource(twin).sendRequest();
            refuse(answer, 409, "uniqueness");
        });
    }

    private static void checkUserPatch() {
        checks.check("FIND S-20: PATCH of single values, which this client sends as lists", () -> {
            // #region patch
            ServerResponse<User> patched = scim.patch(User.class, USERS, annId)
                .addOperation().op(PatchOp.REPLACE).path("name.familyName").value("Ray")
                .next().op(PatchOp.ADD).path(ENTERPRISE + ":costCenter").value("4711")
                .build().sendRequest();
            // #endregion
            succeed(patched, 200);
            Checks.equal(read().getName().flatMap(Name::getFamilyName), Optional.of("Ray"));
            Checks.equal(
                read().getEnterpriseUser().flatMap(EnterpriseUser::getCostCenter), Optional.of("4711"));
        });
        checks.check("FIND S-20: PATCH deactivates and activates", () -> {
            succeed(patchActive(BooleanNode.FALSE), 200);
            Checks.equal(read().isActive(), Optional.of(false));
            succeed(patchActive(BooleanNode.TRUE), 200);
            Checks.equal(read().isActive(), Optional.of(true));
        });
        checks.check("PATCH adds an address and removes it by filter", () -> {
            Email home = Email.builder().value("ann@home.test").type("home").build();
            succeed(
                scim.patch(User.class, USERS, annId)
                    .addOperation().op(PatchOp.ADD).path("emails").valueNode(home).build().sendRequest(),
                200);
            Checks.equal(read().getEmails().size(), 2);
            succeed(
                scim.patch(User.class, USERS, annId)
                    .addOperation().op(PatchOp.REMOVE).path("emails[type eq \"home\"]").build()
                    .sendRequest(),
                200);
            Checks.equal(read().getEmails().size(), 1);
        });
        checks.check("FIND S-20: PATCH without a path merges an object", () -> {
            User change = User.builder().nickName("Annie").build();
            ServerResponse<User> patched = scim.patch(User.class, USERS, annId)
                .addOperation().op(PatchOp.REPLACE).valueNode(change).build().sendRequest();
            succeed(patched, 200);
            Checks.equal(read().getNickName(), Optional.of("Annie"));
            Checks.equal(read().getUserName(), Optional.of("ann@corp.test"));
        });
        checks.check("a path that does not exist is refused, and nothing changes", () -> {
            ServerResponse<User> answer = scim.patch(User.class, USERS, annId)
                .addOperation().op(PatchOp.REPLACE).path("title").value("x")
                .next().op(PatchOp.REPLACE).path("favourite").value("y")
                .build().sendRequest();
            refuse(answer, 400, "invalidPath");
            Checks.equal(read().getTitle(), Optional.of("Dr."));
        });
    }

    private static ServerResponse<User> patchActive(BooleanNode value) {
        return scim.patch(User.class, USERS, annId)
            .addOperation().op(PatchOp.REPLACE).path("active").valueNode(value).build().sendRequest();
    }

    private static ServerResponse<User> patchTitle(String value) {
        return scim.patch(User.class, USERS, annId)
            .addOperation().op(PatchOp.REPLACE).path("title").value(value).build().sendRequest();
    }

    private static User read() {
        return scim.get(User.class, USERS, annId).sendRequest().getResource();
    }

    private static void checkGroups() {
        checks.check("a group is created with a member, who shows it", () -> {
            Group sales = Group.builder()
                .displayName("Sales")
                .members(List.of(Member.builder().value(annId).build()))
                .build();
            ServerResponse<Group> created = scim.create(Group.class, GROUPS).setResource(sales).sendRequest();
            succeed(created, 201);
            groupId = created.getResource().getId().orElseThrow();
            Checks.equal(read().getGroups().get(0).getDisplay(), Optional.of("Sales"));
        });
        checks.check("FIND S-21: PATCH adds a member, and its 204 is a success", () -> {
            User bob = User.builder().userName("bob@corp.test").build();
            bobId = scim.create(User.class, USERS).setResource(bob).sendRequest()
                .getResource().getId().orElseThrow();
            ServerResponse<Group> patched = scim.patch(Group.class, GROUPS, groupId)
                .addOperation().op(PatchOp.ADD).path("members")
                .valueNode(Member.builder().value(bobId).build()).build().sendRequest();
            Checks.equal(memberIds(), Set.of(annId, bobId));
            succeed(patched, 204);
        });
        checks.check("PATCH removes a member by filter", () -> {
            scim.patch(Group.class, GROUPS, groupId)
                .addOperation().op(PatchOp.REMOVE).path("members[value eq \"" + annId + "\"]").build()
                .sendRequest();
            Checks.equal(memberIds(), Set.of(bobId));
            Checks.equal(read().getGroups(), List.of());
        });
        checks.check("a group's name is unique", () -> {
            Group twin = Group.builder().displayName("sales").build();
            refuse(scim.create(Group.class, GROUPS).setResource(twin).sendRequest(), 409, "uniqueness");
        });
    }

    private static Set<String> memberIds() {
        return scim.get(Group.class, GROUPS, groupId).sendRequest().getResource().getMembers().stream()
            .map(member -> member.getValue().orElseThrow())
            .collect(Collectors.toSet());
    }

    private static void checkLists() {
        checks.check("a filter finds one person, in any case", () -> {
            // #region find
            ServerResponse<ListResponse<User>> found = scim.list(User.class, USERS)
                .filter("userName", Comparator.EQ, "ANN@corp.test").build()
                .get().sendRequest();
            // #endregion
            succeed(found, 200);
            Checks.equal(found.getResource().getTotalResults(), 1L);
            Checks.equal(found.getResource().getListedResources().get(0).getId(), Optional.of(annId));
        });
        checks.check("a filter of two conditions is sent by POST to .search", () -> {
            ServerResponse<ListResponse<User>> found = scim.list(User.class, USERS)
                .filter("active", Comparator.EQ, "true").and("emails.value", Comparator.SW, "ann@").build()
                .post().sendRequest();
            succeed(found, 200);
            Checks.equal(found.getResource().getTotalResults(), 1L);
        });
        checks.check("Bulk makes more people than a page holds, and getAll reads them all", () -> {
            BulkBuilder bulk = scim.bulk();
            for (int i = 1; i <= PEOPLE; i++) {
                User user = User.builder().userName(String.format("page%03d@corp.test", i)).build();
                bulk.bulkRequestOperation(USERS)
                    .method(HttpMethod.POST).bulkId(String.valueOf(i)).data(user).next();
            }
            succeed(bulk.sendRequest(), 200);
            ServerResponse<ListResponse<User>> all = listPeople().get().getAll();
            succeed(all, 200);
            Set<String> names = all.getResource().getListedResources().stream()
                .map(user -> user.getUserName().orElseThrow())
                .collect(Collectors.toSet());
            Checks.equal(names.size(), PEOPLE);
        });
        checks.check("pages are in order and say where they are", () -> {
            ServerResponse<ListResponse<User>> page = listPeople()
                .sortBy("userName").sortOrder(SortOrder.DESCENDING).startIndex(6).count(5)
                .get().sendRequest();
            succeed(page, 200);
            ListResponse<User> list = page.getResource();
            Checks.equal(
                List.of(list.getTotalResults(), list.getStartIndex(), (long) list.getItemsPerPage()),
                List.of((long) PEOPLE, 6L, 5L));
            List<String> names = list.getListedResources().stream()
                .map(user -> user.getUserName().orElseThrow())
                .toList();
            Checks.equal(names.get(0), String.format("page%03d@corp.test", PEOPLE - 5));
            Checks.equal(names.get(4), String.format("page%03d@corp.test", PEOPLE - 9));
        });
        checks.check("only the attributes that were asked for come back", () -> {
            User found = scim.list(User.class, USERS)
                .filter("userName", Comparator.EQ, "ann@corp.test").build()
                .attributes("userName").get().sendRequest()
                .getResource().getListedResources().get(0);
            Checks.equal(found.getUserName(), Optional.of("ann@corp.test"));
            Checks.equal(found.getName(), Optional.empty());
        });
        checks.check("a filter that is none is refused", () ->
            refuse(scim.list(User.class, USERS).filter("userName eq").get().sendRequest(), 400, "invalidFilter"));
    }

    private static ListBuilder<User> listPeople() {
        return scim.list(User.class, USERS).filter("userName", Comparator.SW, "page").build();
    }

    private static void checkBulk() {
        checks.check("Bulk makes a person and a group that has them", () -> {
            User cleo = User.builder().userName("cleo@corp.test").build();
            Group crew = Group.builder()
                .displayName("Crew")
                .members(List.of(Member.builder().value("bulkId:cleo").type("User").build()))
                .build();
            ServerResponse<BulkResponse> answer = scim.bulk()
                .bulkRequestOperation(USERS).method(HttpMethod.POST).bulkId("cleo").data(cleo).next()
                .bulkRequestOperation(GROUPS).method(HttpMethod.POST).bulkId("crew").data(crew)
                .sendRequest();
            succeed(answer, 200);
            List<Integer> statuses = answer.getResource().getBulkResponseOperations().stream()
                .map(operation -> operation.getStatus())
                .toList();
            Checks.equal(statuses, List.of(201, 201));
            Group made = scim.list(Group.class, GROUPS)
                .filter("displayName", Comparator.EQ, "Crew").build().get().sendRequest()
                .getResource().getListedResources().get(0);
            User member = scim.get(User.class, USERS, made.getMembers().get(0).getValue().orElseThrow())
                .sendRequest().getResource();
            Checks.equal(member.getUserName(), Optional.of("cleo@corp.test"));
        });
        checks.check("an operation of Bulk that fails leaves the others", () -> {
            JsonNode twin = User.builder().userName("ann@corp.test").build();
            JsonNode dora = User.builder().userName("dora@corp.test").build();
            ServerResponse<BulkResponse> answer = scim.bulk()
                .bulkRequestOperation(USERS).method(HttpMethod.POST).bulkId("1").data(twin).next()
                .bulkRequestOperation(USERS).method(HttpMethod.POST).bulkId("2").data(dora)
                .sendRequest();
            List<Integer> statuses = answer.getResource().getBulkResponseOperations().stream()
                .map(operation -> operation.getStatus())
                .toList();
            Checks.equal(statuses, List.of(409, 201));
        });
    }

    private static void checkPreconditions() {
        checks.check("an ETag that is current reads nothing again, and a stale one changes nothing", () -> {
            String version = read().getMeta().flatMap(meta -> meta.getVersion())
                .orElseThrow().toString();
            ServerResponse<User> unchanged =
                scim.get(User.class, USERS, annId).setETagForIfNoneMatch(version).sendRequest();
            Checks.equal(unchanged.getHttpStatus(), 304);
            succeed(patchTitle("Prof."), 200);
            ServerResponse<User> stale = scim.update(User.class, USERS, annId)
                .setETagForIfMatch(version).setResource(read()).sendRequest();
            Checks.equal(stale.getHttpStatus(), 412);
        });
    }

    private static void checkRefusals() {
        checks.check("a token that is none is 401", () -> {
            try (ScimRequestBuilder stranger = connect("wrong")) {
                refuse(stranger.list(User.class, USERS).get().sendRequest(), 401, null);
            }
        });
        checks.check("a token that may only read is 403 for a change", () -> {
            try (ScimRequestBuilder reader = connect(Checks.given("READER_TOKEN"))) {
                succeed(reader.get(User.class, USERS, annId).sendRequest(), 200);
                User eve = User.builder().userName("eve@corp.test").build();
                refuse(reader.create(User.class, USERS).setResource(eve).sendRequest(), 403, null);
                refuse(reader.list(Group.class, GROUPS).get().sendRequest(), 403, null);
            }
        });
        checks.check("a deleted person is 404, and their name is free", () -> {
            succeed(scim.delete(User.class, USERS, bobId).sendRequest(), 204);
            refuse(scim.get(User.class, USERS, bobId).sendRequest(), 404, null);
            Checks.equal(memberIds(), Set.of());
            User bob = User.builder().userName("bob@corp.test").build();
            succeed(scim.create(User.class, USERS).setResource(bob).sendRequest(), 201);
        });
    }

    private static void succeed(ServerResponse<?> answer, int status) {
        Checks.equal(answer.getHttpStatus(), status);
        Checks.ok(answer.isSuccess(), "the client takes it for a failure: " + answer.getResponseBody());
    }

    private static void refuse(ServerResponse<?> answer, int status, String scimType) {
        Checks.equal(answer.getHttpStatus(), status);
        Checks.ok(!answer.isSuccess(), "the client takes it for a success");
        Checks.equal(answer.getErrorResponse().getStatus(), status);
        Checks.equal(answer.getErrorResponse().getScimType().orElse(null), scimType);
    }
}
