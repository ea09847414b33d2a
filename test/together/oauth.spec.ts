// Tokens over HTTP.
import '../e2e/oauth-discovery.e2e-spec.js';
import '../e2e/oauth-introspect.e2e-spec.js';
import '../e2e/oauth-slowing.e2e-spec.js';
import '../e2e/oauth-token.e2e-spec.js';
import '../e2e/proxies.e2e-spec.js';
import '../e2e/repeated-credentials.e2e-spec.js';
import '../e2e/keep-alive.e2e-spec.js';
import '../e2e/logs.e2e-spec.js';
