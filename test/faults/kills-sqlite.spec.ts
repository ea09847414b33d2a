import { killTests } from './kill-tests.js';

killTests('sqlite');
