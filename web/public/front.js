'use strict';
// A registry's front page: the newest checkpoint and its cosigners, asked again while the page is
// looked at. Without script the page says what held when it was sent.
(() => {
const $ = (id) => document.getElementById(id);
async function look() {
    if (document.hidden)
        return;
    try {
        const note = await (await fetch('/log/checkpoint', {cache: 'no-store'})).text();
        const [origin, size, root] = note.split('\n');
        if (!/^\d+$/.test(size) || origin !== $('origin').textContent)
            throw new Error();
        $('size').textContent = size;
        $('root').textContent = root;
        const ask = await fetch('/v1/checkpoints?above=' + (Number(size) - 1), {cache: 'no-store'});
        if (ask.ok) {
            const names = (await ask.text()).split('\n').filter((l) => l.startsWith('\u2014 '))
                .map((l) => l.split(' ')[1]);
            const others = [...new Set(names)].filter((n) => n !== origin);
            $('cosigners').textContent = others.length ? others.join(', ') : 'nobody besides the registry yet';
        }
        $('live').textContent = 'Asked at ' + new Date().toLocaleTimeString() + '.';
    } catch {
        $('live').textContent = 'The registry does not answer just now; what stands here is what it said last.';
    }
}
look();
setInterval(look, 10000);
document.addEventListener('visibilitychange', look);
})();
