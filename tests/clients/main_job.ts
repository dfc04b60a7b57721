// The main job with types that openapi-typescript made: a shopper signs in, gets work, sends a visit with its files, has the
// receipt; a manager reads a score. `node main_job.js SERVER PASSWORD SHOPPER [--planted-defect]`
import { strict as assert } from "node:assert";
import { createHash, randomUUID } from "node:crypto";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./contract.js";

type Schemas = components["schemas"];
type Api = Client<paths>;

const [, , server = "", password = "", who = "", planted] = process.argv;
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const WORDS = "The welcome was friendly, and everything that was asked for came quickly and warm to the table. ".repeat(2);
const digest = (encoding: "hex" | "base64") => createHash("sha256").update(PNG).digest(encoding);

function done<T>({ data, error }: { data?: T; error?: unknown }): T {
  assert(data !== undefined && error === undefined, JSON.stringify(error));
  return data;
}

async function signedIn(name: string): Promise<Api> {
  const api = createClient<paths>({ baseUrl: server });
  // Members with a default and those that may be null are left out.
  const body: Schemas["NewSession"] = { email: `${name}@lumen.example`, password, device: "generated client" };
  const { access_token } = done(await api.POST("/v1/sessions", { body }));
  api.use({
    onRequest: ({ request }) => {
      request.headers.set("authorization", `Bearer ${access_token}`);
      return request;
    },
  });
  assert.equal(done(await api.GET("/v1/me")).email, body.email);
  return api;
}

// An answer to a question; undefined where files are the answer, or nothing is.
function answer(question: Schemas["FullQuestion"]): Schemas["AnswerValue"] | undefined {
  const weight: number = question.weight; // what has a default is there
  assert(weight >= 0);
  const kind = question.answer;
  switch (kind.kind) {
    case "yes_no":
      return kind.expect === "yes";
    case "one_choice":
      return kind.options.reduce((best, one) => ((one.points ?? 0) > (best.points ?? 0) ? one : best)).key;
    case "several_choices":
      return kind.options.slice(0, kind.at_least ?? 1).map(({ key }) => key);
    case "scale":
      return kind.reversed ? kind.from : kind.to;
    case "number":
    case "amount":
    case "duration":
      return kind.minimum ?? 0;
    case "text":
      return WORDS.slice(0, kind.max_length).trim();
    case "date_time":
      return { date: "2026-11-22", time: "12:05", date_time: "2026-11-22T12:05" }[kind.ask];
    case "location":
      return { latitude: 48.8071, longitude: 2.1327, accuracy_m: 12 };
    case "photo":
    case "audio":
    case "signature":
    case "note":
      return undefined;
    default:
      return kind satisfies never;
  }
}

const shopper = await signedIn(who);
const work = done(await shopper.GET("/v1/me/work"));
const taken = new Set(work.visits.map((visit) => visit.assignment_id));
const assignment = work.assignments.find(({ id }) => !taken.has(id));
assert(assignment);
const version = done(
  await shopper.GET("/v1/checklist-versions/{id}", { params: { path: { id: assignment.checklist_version_id } } }),
);

const visit = randomUUID();
const answers: Schemas["Answers"] = {};
const manifest: Schemas["ManifestEntry"][] = [];
for (const question of version.content.sections.flatMap((section) => section.questions)) {
  const value = answer(question);
  if (value !== undefined) {
    answers[question.key] = { value };
  } else if (question.answer.kind !== "note") {
    const file = { media_type: "image/png", size: PNG.length, sha256: digest("hex") } as const;
    manifest.push({ id: randomUUID(), question: question.key, ...file });
  }
}
const now = Date.now();
const submission: Schemas["Submission"] = {
  assignment_id: assignment.id,
  checklist_version_id: assignment.checklist_version_id,
  started_at: new Date(now - 3_600_000).toISOString(),
  ended_at: new Date(now).toISOString(),
  answers,
  manifest,
};
const submit = () => shopper.PUT("/v1/visits/{id}", { params: { path: { id: visit } }, body: submission });
let arrived = await submit();
for (const { code, pointer } of arrived.error?.errors ?? []) {
  assert.equal(code, "comment_required", pointer);
  const key = pointer.split("/")[2] ?? "";
  answers[key] = { ...answers[key], comment: "As I saw it." };
}
if (arrived.error) arrived = await submit();
assert.deepEqual(new Set(done(arrived).missing), new Set(manifest.map(({ id }) => id)));

const [first, ...others] = manifest;
assert(first);
const plain = {
  path: { id: first.id },
  query: { visit_id: visit, assignment_id: assignment.id },
  header: { "content-digest": `sha-256=:${digest("base64")}:` },
};
const bytes = { body: new Blob([PNG]), bodySerializer: (body: Blob | undefined) => body };
const octets = { "content-type": "application/octet-stream" };
done(await shopper.PUT("/v1/uploads/{id}", { params: plain, headers: octets, ...bytes }));
for (const { id } of others) {
  const told: Record<string, string> = { id, visit_id: visit, assignment_id: assignment.id, media_type: "image/png", sha256: digest("hex") };
  const pairs = Object.entries(told).map(([name, value]) => `${name} ${Buffer.from(value).toString("base64")}`);
  const header = { "tus-resumable": "1.0.0" };
  const announced = { ...header, "upload-length": String(PNG.length), "upload-metadata": pairs.join(",") };
  const made = await shopper.POST("/v1/uploads", { params: { header: announced } });
  assert.equal(made.response.status, 201);
  const stands = await shopper.HEAD("/v1/uploads/{id}", { params: { path: { id }, header } });
  assert.equal(stands.response.headers.get("upload-offset"), "0");
  const params = { path: { id }, header: { ...header, "upload-offset": "0" } };
  const sent = await shopper.PATCH("/v1/uploads/{id}", { params, headers: octets, ...bytes });
  assert.equal(sent.response.status, 204);
}
const receipt = done(
  await shopper.GET("/v1/visits/{id}/receipt", { params: { path: { id: visit } }, parseAs: "text" }),
);
const payload = Buffer.from(receipt.split(".")[1] ?? "", "base64url").toString();
assert(payload.includes(planted ? randomUUID() : visit), payload);

const manager = await signedIn("manager");
const page = done(await manager.GET("/v1/branches", { params: { query: { limit: 1 } } }));
// A list is a file of lines as well, for those who ask for that.
assert("items" in page);
const branch = page.items[0];
assert(branch);
const score = done(await manager.GET("/v1/branches/{id}/score", { params: { path: { id: branch.id } } }));
assert(score.visits > 0 && (score.score ?? 0) > 0);
console.log(
  `TypeScript: a visit of ${manifest.length} files has its receipt; ${branch.name} has ${(score.score ?? 0) / 100} % of ${score.visits} visits`,
);
