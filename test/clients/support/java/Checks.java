import java.util.Objects;

/** Counts checks and prints a line for each; the last lines are what the runner reads. */
final class Checks {
    /** A check, which passes unless it throws. */
    interface Body {
        void run() throws Exception;
    }

    private int passed;
    private int failed;
    private int clientFaults;

    void check(String name, Body body) {
        try {
            body.run();
            pass(name);
        } catch (Exception | AssertionError error) {
            fail(name, error);
        }
    }

    /**
     * A check that the library itself makes impossible. Only the known message counts as the client's fault: any other
     * failure is one, and so the day shows on which the library is mended.
     */
    void checkDespiteClient(String name, String knownMessage, String reason, Body body) {
        try {
            body.run();
            pass(name);
        } catch (Exception | AssertionError error) {
            if (!describe(error).contains(knownMessage)) {
                fail(name, error);
                return;
            }
            clientFaults++;
            System.out.println("client's fault  " + name + ": " + reason);
        }
    }

    void end() {
        if (clientFaults > 0) {
            System.out.println(clientFaults + " failed by the client's own fault");
        }
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }

    static void equal(Object actual, Object expected) {
        if (!Objects.equals(actual, expected)) {
            throw new AssertionError("expected " + expected + ", got " + actual);
        }
    }

    static void ok(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    /** A variable that the runner passes. */
    static String given(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException(name + " is not set: start this by npm run clients.");
        }
        return value;
    }

    private void pass(String name) {
        passed++;
        System.out.println("passed  " + name);
    }

    private void fail(String name, Throwable error) {
        failed++;
        System.out.println("FAILED  " + name + ": " + describe(error));
    }

    private static String describe(Throwable error) {
        String text = error instanceof AssertionError ? error.getMessage() : error.toString();
        return String.valueOf(text).replaceAll("\\s+", " ");
    }
}
