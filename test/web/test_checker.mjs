// The checker as WebAssembly beside chancery-verify: every published vector and its damaged twins
// must be judged alike, word for word; and CCTV's signatures taken and refused as libsodium does.
// Usage: node test_checker.mjs CHECK.WASM CHANCERY-VERIFY VECTORS
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {load} from './checker.mjs';

const [wasm, verify, vectors] = process.argv.slice(2);
const checker = await load(wasm);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'checker.'));
let failed = 0, passed = 0;

function want(ok, what) {
    if (ok) {
        passed++;
    } else {
        failed++;
        console.log('failed: ' + what);
    }
}

// The file and what may become of it: cut, flipped, doubled, with a byte too many.
function twins(bytes) {
    const all = [bytes];
    for (const part of [0, 0.02, 0.3, 0.7, 0.98])
        all.push(bytes.subarray(0, Math.floor(bytes.length * part)));
    for (const part of [0.01, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.99]) {
        const b = Buffer.from(bytes);
        b[Math.floor(b.length * part)] ^= 1;
        all.push(b);
    }
    all.push(Buffer.concat([bytes, Buffer.from('\n')]), Buffer.concat([bytes, bytes]));
    return all;
}

function native(args) {
    const p = spawnSync(verify, args, {maxBuffer: 1 << 28});
    return {out: p.stdout.toString(), err: p.stderr.toString(), code: p.status};
}

let files = 0;
for (const folder of ['extract', 'delivery', 'split-view']) {
    const at = path.join(vectors, folder);
    for (const name of fs.readdirSync(at).sort()) {
        if (!name.endsWith('.txt') || name.endsWith('trust.txt'))
            continue;
        files++;
        const trust = path.join(at, name.startsWith('exercise-') && name !== 'exercise-mixed.txt'
            ? 'exercise-trust.txt' : 'trust.txt');
        const keys = fs.readFileSync(trust);
        const put = twins(fs.readFileSync(path.join(at, name))).map((bytes, i) => {
            const file = path.join(dir, `${i}-${name}`);
            fs.writeFileSync(file, bytes);
            return {file, bytes};
        });
        const told = native(['--json', '--trust', trust, ...put.map((p) => p.file)]);
        const by_name = new Map(JSON.parse(told.out).map((v) => [v.file, v]));
        for (const p of put) {
            const got = checker.check(p.bytes, keys, p.file), theirs = by_name.get(p.file);
            if (got.refused)
                want(!theirs && told.err.includes(
                    `chancery-verify: ${p.file}: ${got.refused.what}; ${got.refused.advice}\n`),
                `${p.file}: refused, ${got.refused.what}`);
            else
                want(JSON.stringify(theirs) === JSON.stringify(got.verdict), `${p.file}: verdict`);
        }
        const whole = native(['--trust', trust, put[0].file]);
        if (!checker.check(put[0].bytes, keys, put[0].file).refused)
            want(checker.sentences(put[0].file) === whole.out, `${name}: sentences`);
    }
}
want(files === 54, `${files} vectors, not 54`);
fs.rmSync(dir, {recursive: true});

// Without a trust file the evidence is judged by its own keys, and the verdict says so.
for (const [name, holds, keys] of [['extract/confirmation.txt', true, 3], ['extract/receipt-of-other.txt', false, 3],
    ['split-view/two-sizes.txt', true, 1], ['split-view/hash-flipped.txt', false, 1]]) {
    const bytes = fs.readFileSync(path.join(vectors, name));
    const got = checker.check(bytes, Buffer.alloc(0), name);
    want(got.verdict.trust_from_folder && got.verdict.proven === holds, `${name}: own keys`);
    want(got.keys.length === keys && got.keys.every((k) => /^([a-z]{5}-){4}[a-z]{5}$/.test(k.words)),
        `${name}: fingerprint words`);
}
want(checker.check(Buffer.from('hello'), Buffer.alloc(0), 'x').refused !== undefined, 'not a pack');
want(checker.check(Buffer.alloc(100), Buffer.from('party x y\n'), 'x').refused !== undefined,
    'not a trust file');

// A passage is set by the same code that test_md_small holds to cmark; here only that it came through.
for (const [passage, set] of [
    ['# Ships', [['h1', 0], 'Ships', 0]],
    ['Two *boats*  \n“each” <3', [['p', 0], 'Two ', ['em', 0], 'boats', 0, ['br', 0], '“each” <3', 0]],
    ['3. a\n4. b', [['ol', 3], ['li', 0], 'a', 0, ['li', 0], 'b', 0, 0]],
    ['[x](https://a.example)', null], ['<b>', null], ['a'.repeat(1 << 14), [['p', 0], 'a'.repeat(1 << 14), 0]]])
    want(JSON.stringify(checker.set(passage)) === JSON.stringify(set), `set: ${passage.slice(0, 20)}`);

const cctv = path.join(process.env.CHANCERY_SHARED || '', 'vectors/ed25519-cctv/ed25519vectors.json');
if (fs.existsSync(cctv)) {
    let taken = 0;
    const all = JSON.parse(fs.readFileSync(cctv));
    for (const v of all)
        taken += checker.signature(Buffer.from(v.key, 'hex'), Buffer.from(v.sig, 'hex'),
            Buffer.from(v.msg));
    want(all.length === 914 && taken === 43, `CCTV: ${taken} of ${all.length} taken`);
} else {
    want(process.env.CI !== 'true', `no ${cctv}`);
    console.log('skipped: CCTV signatures (CHANCERY_SHARED names no folder of vectors)');
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
