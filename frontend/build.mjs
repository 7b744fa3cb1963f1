// Builds the committed static files from their sources and prints a digest of each.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const target = process.argv[2] ?? "../src/roomstead/entrypoints/web/static";
mkdirSync(target, { recursive: true });
for (const name of ["app.css", "frame.css"]) {
  execFileSync(
    process.execPath,
    ["node_modules/@tailwindcss/cli/dist/index.mjs", "--input", name, "--output", join(target, name), "--minify"],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
}
copyFileSync("node_modules/htmx.org/dist/htmx.min.js", join(target, "htmx.min.js"));
for (const name of ["app.css", "frame.css", "htmx.min.js"]) {
  const digest = createHash("sha256").update(readFileSync(join(target, name))).digest("hex");
  console.log(`${digest}  ${name}`);
}
