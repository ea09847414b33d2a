// How conversations are read, ordered and compared.
import '../conversations/conversation.spec.js';
import '../conversations/ending.spec.js';
import '../conversations/exceptions.spec.js';
import '../conversations/matcher.spec.js';
import '../conversations/order.spec.js';
import '../conversations/play-conversation.spec.js';
import '../conversations/repetition.spec.js';
