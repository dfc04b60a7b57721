// Makes types of the contract with openapi-typescript: `node types.mjs openapi.yaml contract.ts`. Bodies of bytes are blobs.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const blob = ts.factory.createTypeReferenceNode("Blob");
const [, , contract, types] = process.argv;
const made = await openapiTS(readFileSync(contract), {
  transform: (schema) => (schema.format === "binary" ? blob : undefined),
});
writeFileSync(types, astToString(made));
