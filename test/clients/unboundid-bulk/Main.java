import com.unboundid.scim2.client.ScimService;
import com.unboundid.scim2.common.bulk.BulkOperation;
import com.unboundid.scim2.common.bulk.BulkOperationResult;
import com.unboundid.scim2.common.bulk.BulkResponse;
import com.unboundid.scim2.common.exceptions.ScimException;
import com.unboundid.scim2.common.filters.Filter;
import com.unboundid.scim2.common.messages.PatchOperation;
import com.unboundid.scim2.common.types.GroupResource;
import com.unboundid.scim2.common.types.Member;
import com.unboundid.scim2.common.types.UserResource;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.ClientRequestFilter;
import java.util.List;

/** Bulk, which UnboundID's client has since 5.1. */
final class Main {
    private static final Checks checks = new Checks();
    private static ScimService scim;

    private Main() {}

    public static void main(String[] args) {
        scim = connect(Checks.given("SCIM_TOKEN"));
        checks.check("a person and a group that has them are made in one request", () -> {
            BulkResponse answer = scim.bulkRequest().append(
                BulkOperation.post("/Users", new UserResource().setUserName("ann@corp.test")).setBulkId("ann"),
                BulkOperation.post(
                    "/Groups",
                    new GroupResource().setDisplayName("Sales").setMembers(new Member().setValue("bulkId:ann")))
                    .setBulkId("sales"))
                .invoke();
            Checks.equal(statuses(answer), List.of("201", "201"));
            String annId = findUser("ann@corp.test").getId();
            Checks.equal(findGroup("Sales").getMembers().get(0).getValue(), annId);
        });
        checks.check("FIND S-20: a PATCH inside, which this client sends without schemas", () -> {
            UserResource ann = findUser("ann@corp.test");
            BulkResponse answer = scim.bulkRequest().append(
                BulkOperation.patch(
                    "/Users/" + ann.getId(),
                    PatchOperation.replace("title", "Dr."),
                    PatchOperation.replace("active", false)))
                .invoke();
            Checks.equal(statuses(answer), List.of("200"));
            Checks.equal(findUser("ann@corp.test").getTitle(), "Dr.");
            Checks.equal(findUser("ann@corp.test").getActive(), false);
        });
        checks.check("PUT and DELETE inside", () -> {
            UserResource ann = findUser("ann@corp.test");
            GroupResource sales = findGroup("Sales");
            BulkResponse answer = scim.bulkRequest().append(
                BulkOperation.put("/Users/" + ann.getId(), ann.setNickName("Annie")),
                BulkOperation.delete("/Groups/" + sales.getId()))
                .invoke();
            Checks.equal(statuses(answer), List.of("200", "204"));
            Checks.equal(findUser("ann@corp.test").getNickName(), "Annie");
            Checks.equal(findGroup("Sales"), null);
        });
        checks.check("one that fails says why, and leaves the others", () -> {
            BulkResponse answer = scim.bulkRequest().append(
                BulkOperation.post("/Users", new UserResource().setUserName("ANN@corp.test")).setBulkId("1"),
                BulkOperation.post("/Users", new UserResource().setUserName("bob@corp.test")).setBulkId("2"))
                .invoke();
            Checks.equal(statuses(answer), List.of("409", "201"));
            Checks.equal(
                answer.getOperations().get(0).getResponse().path("scimType").asText(), "uniqueness");
        });
        checks.check("a token that may only read may change nothing", () -> {
            ScimService reader = connect(Checks.given("READER_TOKEN"));
            BulkResponse answer = reader.bulkRequest().append(
                BulkOperation.post("/Users", new UserResource().setUserName("eve@corp.test")).setBulkId("1"))
                .invoke();
            Checks.equal(statuses(answer), List.of("403"));
            Checks.equal(findUser("eve@corp.test"), null);
        });
        checks.end();
    }

    private static ScimService connect(String token) {
        Client http = ClientBuilder.newClient().register((ClientRequestFilter) request ->
            request.getHeaders().putSingle("Authorization", "Bearer " + token));
        return new ScimService(http.target(Checks.given("SCIM_BASE_URL")));
    }

    private static List<String> statuses(BulkResponse answer) {
        return answer.getOperations().stream().map(BulkOperationResult::getStatus).toList();
    }

    private static UserResource findUser(String userName) throws ScimException {
        return first(scim.searchRequest("Users")
            .filter(Filter.eq("userName", userName)).invoke(UserResource.class).getResources());
    }

    private static GroupResource findGroup(String name) throws ScimException {
        return first(scim.searchRequest("Groups")
            .filter(Filter.eq("displayName", name)).invoke(GroupResource.class).getResources());
    }

    /** The client gives no list at all for no result. */
    private static <T> T first(List<T> found) {
        return found == null || found.isEmpty() ? null : found.get(0);
    }
}
