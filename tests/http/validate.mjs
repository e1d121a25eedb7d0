// Holds an OpenAPI document against the official schema of OpenAPI 3.1.
// usage: node tests/http/validate.mjs openapi.json
import { readFile } from "node:fs/promises";
import { Validator } from "@seriousme/openapi-schema-validator";

const document = JSON.parse(await readFile(process.argv[2], "utf8"));
const validator = new Validator();
const result = await validator.validate(document);
if (!result.valid) {
  console.error(typeof result.errors === "string" ? result.errors : JSON.stringify(result.errors, null, 1));
  process.exit(1);
}
console.log(`OpenAPI ${validator.version}: ${Object.keys(document.paths).length} paths are valid.`);
