// Builds the screens: `node build.mjs FOLDER`, or `make web`.
//
//   each *.html here ─▶ the scripts and style sheets it names ─▶ esbuild: bundled, shared parts split off, minified
//     ─▶ FOLDER/assets/NAME-HASH.js ─▶ the page, with the new names ─▶ a .gz beside every file that gets smaller
//
// A page is found by itself: add page.html and the modules that it asks for. What a page can load in all must stay
// below a limit, so that a phone in a crowded hall still gets it; a page above it fails the build.
// The same sources give the same bytes. Nothing of it runs when a contest does: the aggregator serves the folder.

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, gzipSync } from 'node:zlib';
import esbuild from 'esbuild';

const PAGE_BYTES_MOST = 400 * 1000; // compressed, with all that the page may ask for later
const GZIP_FROM_BYTES = 512; // below, the header eats the gain

const sources = path.dirname(fileURLToPath(import.meta.url));
const AS_THEY_ARE = ['icon.svg', 'me_worker.js']; // under a name that lasts
const REFERENCE = /(\s(?:src|href)=")\/([\w.-]+\.(?:js|css))(?=")/g;

const compress = (bytes) => gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });

async function readPages() {
  const names = (await readdir(sources)).filter((name) => name.endsWith('.html')).sort();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(path.join(sources, name), 'utf8') })));
}

const referencesOf = (page) => [...page.text.matchAll(REFERENCE)].map((found) => found[2]);

function bundle(entries, folder) {
  return esbuild.build({
    absWorkingDir: sources,
    entryPoints: entries,
    outdir: path.join(folder, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]', // a part that is loaded later keeps its module's name; others are "chunk"
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['chrome103', 'firefox104', 'safari16'],
    minify: true,
    charset: 'utf8',
    legalComments: 'linked', // what others wrote keeps its licence, in a file of its own
    metafile: true,
    logLevel: 'warning',
  });
}

// What an output pulls in: at once (static) or when it is wanted (dynamic).
function closure(outputs, start, kinds) {
  const found = new Set();
  const visit = (name) => {
    if (found.has(name) || !outputs[name]) return;
    found.add(name);
    outputs[name].imports.filter((one) => kinds.includes(one.kind)).forEach((one) => visit(one.path));
  };
  visit(start);
  return found;
}

// The outputs by the entry they come from, under the address that a page asks for.
function addressBook(metafile, folder) {
  const book = new Map();
  for (const [name, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint && /\.(js|css)$/.test(name)) book.set(output.entryPoint, { name, output });
  }
  const address = (name) => `/${path.relative(folder, path.resolve(sources, name)).split(path.sep).join('/')}`;
  return { of: (entry) => book.get(entry), address };
}

// Shared parts are asked for with the page, not only once its script has been read.
function preloads(page, book, outputs) {
  const parts = new Set();
  referencesOf(page).filter((entry) => entry.endsWith('.js')).forEach((entry) => {
    const own = book.of(entry).name;
    closure(outputs, own, ['import-statement']).forEach((name) => { if (name !== own) parts.add(name); });
  });
  return [...parts].sort().map((name) => `  <link rel="modulepreload" href="${book.address(name)}">\n`).join('');
}

function rewrite(page, book, outputs) {
  return page.text
    .replace(REFERENCE, (all, before, entry) => `${before}${book.address(book.of(entry).name)}`)
    .replace('</head>', `${preloads(page, book, outputs)}</head>`);
}

async function write(file, bytes) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
}

/** Puts a .gz beside each file of the folder; gives the bytes that go over the line, by file. */
async function compressAll(folder) {
  const sizes = new Map();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const bytes = await readFile(file);
    const small = compress(bytes);
    const worthIt = bytes.length >= GZIP_FROM_BYTES && small.length < bytes.length;
    if (worthIt) await writeFile(`${file}.gz`, small);
    sizes.set(file, worthIt ? small.length : bytes.length);
  }
  return sizes;
}

function weigh(page, folder, book, outputs, sizes) {
  const files = new Set([page.name, ...AS_THEY_ARE].map((name) => path.join(folder, name)));
  referencesOf(page).forEach((entry) => {
    closure(outputs, book.of(entry).name, ['import-statement', 'dynamic-import'])
      .forEach((name) => files.add(path.resolve(sources, name)));
  });
  const now = new Set([path.join(folder, page.name)]);
  referencesOf(page).forEach((entry) => closure(outputs, book.of(entry).name, ['import-statement'])
    .forEach((name) => now.add(path.resolve(sources, name))));
  const sum = (set) => [...set].reduce((total, file) => total + (sizes.get(file) ?? 0), 0);
  return { first: sum(now), all: sum(files) };
}

function report(pages, weights) {
  const kilo = (bytes) => `${(bytes / 1000).toFixed(1).padStart(6)} KB`;
  pages.forEach((page, index) => {
    console.log(`  web ${page.name.padEnd(12)} ${kilo(weights[index].first)} at first, ${kilo(weights[index].all)} in all`);
  });
  const heavy = pages.filter((page, index) => weights[index].all > PAGE_BYTES_MOST);
  if (heavy.length) throw new Error(`over ${PAGE_BYTES_MOST / 1000} KB compressed: ${heavy.map((page) => page.name).join(', ')}`);
}

async function build(target) {
  const folder = `${target}.new`;
  await rm(folder, { recursive: true, force: true });
  const pages = await readPages();
  const entries = [...new Set(pages.flatMap(referencesOf))].sort();
  const { metafile } = await bundle(entries, folder);
  const book = addressBook(metafile, folder);
  for (const page of pages) await write(path.join(folder, page.name), rewrite(page, book, metafile.outputs));
  for (const name of AS_THEY_ARE) await write(path.join(folder, name), await readFile(path.join(sources, name)));
  const sizes = await compressAll(folder);
  report(pages, pages.map((page) => weigh(page, folder, book, metafile.outputs, sizes)));
  await rm(target, { recursive: true, force: true });
  await rename(folder, target);
}

const [target] = process.argv.slice(2);
if (!target) {
  console.error('usage: node build.mjs FOLDER');
  process.exit(2);
}
try {
  await build(path.resolve(target));
} catch (failure) {
  console.error(failure.errors ? 'web: the screens could not be bundled' : `web: ${failure.message}`);
  process.exit(1);
}
