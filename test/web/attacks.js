'use strict';
// Attacks 17, 41 and 42 in a real browser: a paper that would like to be fetched for, a page that would
// like to be changed, secrets that would like to stand in an address. `trap` counts who comes.
const crypto = require('crypto');
const fs = require('fs');
const { check, plan, run, settled, start, unlock } = require('./lib.js');

// What would ask for something, lead away or run.
const LIVE = 'img, iframe, object, embed, video, audio, link[rel=stylesheet]:not([href^="/a/"]), ' +
	'a[href^="http"], a[href^="javascript"], a[href^="data"], [onclick], [onerror], [style], [src^="http"]';

async function quiet(page, what) {
	await page.waitForLoadState('networkidle');
	const live = await page.evaluate(q => [...document.querySelectorAll(q)].map(e => e.outerHTML), LIVE);
	check(live.length === 0, `${what}: not inert: ${live.join('\n')}`);
	check(!page.hostile, `${what}: ${page.hostile}`);
}

// 17: nothing of a paper is fetched, followed or run, in the desk and in the public pages.
async function attack_17_nothing_of_a_paper_is_fetched(b) {
	const page = b.page;
	page.on('dialog', d => { page.hostile = 'a dialog: ' + d.message(); d.dismiss(); });
	page.on('popup', p => { page.hostile = 'a window: ' + p.url(); });
	page.on('download', d => { page.hostile = 'a file by itself: ' + d.url(); });
	for (const url of plan.papers) {
		await page.goto(plan.base + url);
		await settled(page);
		await quiet(page, url);
		check((await page.locator('main').innerText()).includes('Read me'), 'the paper is shown');
	}
	const reader = await b.another({}, /^(file:|data:,)/);
	reader.page.on('popup', p => { reader.page.hostile = 'a window: ' + p.url(); });
	await reader.page.goto(plan.folder + '/index.html');
	await quiet(reader.page, 'index.html');
	check((await reader.page.locator('main').innerText()).includes('Read me'), 'the passage is shown');
	await reader.page.locator('a:has-text("Check it")').first().click();
	await reader.page.waitForSelector('.result');
	check((await reader.page.locator('.result').innerText()).includes('Read me'), 'and in the result');
	await quiet(reader.page, 'check.html');
	return reader.page;
}

// What came over the wire is what `chancery --version --json` lists, and the page of registers says the
// same; the checking page in a published folder is that one, but for what lies beside it.
async function the_files_that_the_program_names(page) {
	const sha256 = b => crypto.createHash('sha256').update(b).digest('hex');
	const { pages, files } = plan.version;
	const sums = Object.fromEntries(files.map(f => [f.name, f.sha256]));
	check(sha256(files.map(f => `${f.sha256}  ${f.name}\n`).join('')) === pages, 'the sum of the list');
	const used = await page.evaluate(() => [...document.querySelectorAll('script, link[rel=stylesheet]')]
		.map(e => (e.src || e.href).replace(/.*\/a\//, '')));
	check(used.length === 2 && used.every(n => sums[n]), 'a file that is not listed: ' + used);
	for (const name of files.map(f => f.name).filter(n => /-[0-9a-f]{12}\./.test(n))) {
		const body = await page.evaluate(async url => [...new Uint8Array(await (await fetch(url)).arrayBuffer())],
			'/a/' + name);
		check(sha256(Buffer.from(body)) === sums[name], name + ' is not what the program names');
	}
	const whole = fs.readFileSync(new URL(plan.folder + '/check.html'), 'utf8');
	const bare = whole.replace(/(id="folder">).*(<\/script>)/, '$1{}$2');
	check(bare !== whole && sha256(bare) === sums['check.html'], 'the checking page is another');
	check(await page.goto(plan.base + '/h/1/register').then(r => r.ok()), 'the page of registers');
	check(await page.textContent('#pages') === pages, 'page and command differ');
}

// 41: code comes from the program alone; the checking page runs only what its hash allows and can
// send nothing, also when somebody types at its console.
async function attack_41_code_from_the_program_alone(b, reader) {
	for (const url of b.asked)
		check(url.startsWith(plan.base + '/') || url.startsWith('data:,'), 'asked of somebody else: ' + url);
	const scripts = await b.page.evaluate(() => [...document.scripts].map(s => [s.src, s.textContent]));
	for (const [src, inline] of scripts)
		check(src.startsWith(plan.base + '/a/') && inline === '', 'a script of another place: ' + src);
	const sent = await reader.evaluate(async trap => {
		const ways = [() => fetch(trap), () => new Promise((yes, no) => {
			const i = new Image();
			i.onload = yes;
			i.onerror = no;
			i.src = trap;
		}), () => {
			const s = document.createElement('script');
			s.textContent = 'window.ran = true';
			document.body.append(s);
			return window.ran ? true : Promise.reject();
		}, () => {
			if (!navigator.sendBeacon(trap, 'x'))
				throw new Error();
			return new Promise((_, no) => setTimeout(no, 300));
		}];
		const open = [];
		for (const [i, way] of ways.entries())
			await Promise.resolve().then(way).then(() => open.push(i), () => 0);
		return open;
	}, plan.trap + '/sent');
	check(sent.length === 0, 'the checking page has a way out: ' + sent);
	await the_files_that_the_program_names(b.page);
	// One byte of its script changed: it does not run.
	const page = fs.readFileSync(new URL(plan.folder + '/check.html'), 'utf8');
	const changed = page.replace('const MAX = 16', 'const MAX = 17');
	check(changed !== page, 'nothing to change');
	fs.writeFileSync(plan.changed, changed);
	await reader.goto('file://' + plan.changed);
	check(await reader.evaluate(() => window.chanceryReady === undefined), 'a changed page runs');
}

// 42: no address holds a secret; what the first one held is dead, and in no history and no referrer.
async function attack_42_no_secret_in_an_address(b, reader) {
	const page = b.page;
	const cookie = (await b.context.cookies()).map(c => c.value);
	const form = await page.inputValue('input[name=form] >> nth=0', { timeout: 5000 });
	const secrets = [plan.token, plan.pass, form, ...cookie];
	check(cookie.length > 0 && secrets.every(s => s && s.length > 10), 'secrets to look for');
	for (const url of b.asked.filter(u => u !== plan.link))
		for (const s of secrets)
			check(!decodeURIComponent(url).includes(s), 'a secret in an address: ' + url);
	const n = await page.evaluate(() => history.length);
	for (let i = 0; i < n; i++) {
		check(!page.url().includes('t='), 'the token is in the history: ' + page.url());
		const from = await page.evaluate(() => document.referrer);
		check(from === '' || (from.startsWith(plan.base + '/') && !from.includes('t=')), 'a referrer: ' + from);
		if (!await page.goBack().catch(() => null))
			break;
	}
	check((await page.goto(plan.link)).status() === 403, 'the first link twice');
	await reader.goto(plan.folder + '/check.html');
	const before = reader.url();
	await reader.locator('#trust > summary').click();
	await reader.fill('#keys', fs.readFileSync(new URL(plan.folder + '/trust.txt'), 'utf8'));
	await reader.click('#use');
	await reader.waitForSelector('#keys-list table');
	check(reader.url() === before, 'what was typed is in the address: ' + reader.url());
}

run(async () => {
	const b = await start();
	await unlock(b.page, plan.link, plan.pass);
	const reader = await attack_17_nothing_of_a_paper_is_fetched(b);
	await attack_41_code_from_the_program_alone(b, reader);
	await attack_42_no_secret_in_an_address(b, reader);
	await b.browser.close();
});
