/**
 * Plays one scenario, and says what phoenix.js saw.
 *
 *     node play.js SCENARIO URL PACKAGE
 *
 * URL is the socket's without "/websocket"; PACKAGE is one of package.json's versions of phoenix.
 */

import * as scenarios from "./scenarios.js";
import { disconnectAll } from "./stage.js";

await scenarios[process.argv[2]]();
await disconnectAll();
process.stdout.write("", () => process.exit());
