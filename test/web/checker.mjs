// The checker as a module: what the page and the tests here call. Bytes in, a verdict out.
import fs from 'node:fs';

export async function load(path) {
    const module = await WebAssembly.compile(fs.readFileSync(path));
    const imports = WebAssembly.Module.imports(module);
    if (imports.length)
        throw new Error('the checker asks for something from outside: ' + JSON.stringify(imports));
    const x = (await WebAssembly.instantiate(module, {})).exports;
    const view = () => new Uint8Array(x.memory.buffer);
    const put = (at, bytes) => view().set(bytes, at);
    const out = (n) => Buffer.from(view().slice(x.check_out(), x.check_out() + n)).toString('utf8');
    return {
        check(file, trust, name) {
            const n = Buffer.from(name);
            put(x.check_file(), file);
            put(x.check_trust(), trust);
            put(x.check_name(), n);
            return JSON.parse(out(x.check_judge(file.length, trust.length, n.length, 0)));
        },
        sentences: (name) => out(x.check_sentences(Buffer.from(name).length)),
        // The passage set for reading; null: left as it was written.
        set(passage) {
            const b = Buffer.from(passage);
            put(x.check_passage(), b);
            const n = x.check_set(b.length);
            return n ? JSON.parse(out(n)) : null;
        },
        signature(key, sig, message) {
            put(x.check_file(), Buffer.concat([key, sig, message]));
            return x.check_signature(message.length) === 1;
        },
    };
}
