'use strict';
// The checking page from file://, without a network: what it says of good, damaged and hostile files,
// with and without keys, by pointer and by keyboard, in two languages; and the rule of signatures.
const fs = require('fs');
const path = require('path');
const { axe, check, plan, run, shots, start } = require('./lib.js');

const vectors = (name) => path.join(plan.vectors, name);

async function fresh(page) {
	await page.goto(plan.page);
	check(await page.evaluate(() => window.chanceryReady.then(x => x !== null)), 'the checker did not start');
}

async function give(page, ...files) {
	await page.setInputFiles('#file', files);
	await page.waitForSelector('.result');
	await page.waitForSelector('#state:empty', { state: 'attached' });
	return page.locator('#results').innerText();
}

function says(text, ...wanted) {
	for (const w of wanted)
		check(text.includes(w), `does not say “${w}”:\n${text}`);
}

async function evidence(page) {
	await fresh(page);
	await axe(page, 'check');
	await shots(page, 'check');
	let t = await give(page, vectors('extract/confirmation.txt'));
	says(t, 'bravo.example confirms that it received and signed for a paper of alpha.example',
		'Whole and unaltered, under keys that it brings itself', 'The names in it are not proven',
		'that the keys are those of these parties: they come from the file itself',
		'Place 6 in the register of register.example', 'cosigned by the registry’s own cosigner',
		'09:49:45 UTC', 'that any person agrees with what stands there', 'porur-julol-tijuh-hapat-potug');
	check(!/\bProven\b/.test(t), 'calls proven what is not: ' + t);
	await axe(page, 'check-own-keys');
	await shots(page, 'check-own-keys');
	await page.getByRole('button', { name: 'I have compared all these words' }).click();
	says(await page.locator('#results').innerText(), 'Proven, under the keys that you trust',
		'Keys that you said you compared');

	await fresh(page);
	await page.locator('#trust > summary').click();
	await page.fill('#keys', fs.readFileSync(vectors('extract/trust.txt'), 'utf8'));
	await page.click('#use');
	says(await page.locator('#trust').innerText(), 'You gave 3 keys', 'famig-zilan-kavus-halos-dipiz');
	t = await give(page, vectors('extract/disclosure.txt'));
	says(t, 'alpha.example discloses', 'Proven, under the keys that you trust', 'We do not agree.',
		'passages: 3 to 4 of 4', 'disclosed by its author');
	check(!t.includes('they come from the file itself'), 'the keys were given');
	// Set for reading, with the signed text at hand; what is the same in both stands once.
	check(await page.textContent('.said .set .h1') === 'Ships', 'a heading is not set');
	check(await page.textContent('.said details pre') === '# Ships', 'the signed text is not at hand');
	check(await page.locator('.said details').count() === 1, 'a plain passage is shown twice');
	await axe(page, 'check-proven');
	await shots(page, 'check-proven');
	for (const [file, ...words] of [
		['delivery/record.txt', 'Delivery of a paper from alpha.example to bravo.example', 'Delivered:',
			'a delivery record never holds it'],
		['delivery/two-ends.txt', 'Proof against the registry', 'Against the registry: the registry signed two ends for one submission.'],
		['delivery/lapsed.txt', 'Lapsed: nobody signed for it'],
		['extract/statement.txt', 'bravo.example', 'Proven'],
		['extract/shown.txt', 'shown by a holder', 'passage 2 of 4'],
		['extract/receipt-of-other.txt', 'Not proven in every point'],
		['extract/exercise-disclosure.txt', 'Exercise. This is a drill'],
		['extract/passage-changed.txt', 'was altered after it was signed'],
		['split-view/two-sizes.txt', 'The log register.example signed two trees', 'Proof against the registry',
			'one checkpoint of 11 entries and one of 1000', 'which of the two is right'],
		['split-view/one-size.txt', 'two checkpoints of 11 entries, with two roots'],
		['split-view/hash-flipped.txt', 'Not proven in every point', 'its hashes do not make the larger tree'],
		['extract/submission-inside.txt', 'cannot be checked: a part that no extract may hold'],
	])
		says(await give(page, vectors(file)), ...words);
	await give(page, vectors('delivery/two-ends.txt'));
	await axe(page, 'check-record');
	await shots(page, 'check-record');
	await page.click('#clear');
	says(await page.locator('#trust').innerText(), 'No keys given');
}

// One clear line each, and the page goes on.
async function hostile(page) {
	const good = fs.readFileSync(vectors('extract/confirmation.txt'));
	const name = '<img src=x onerror=alert(1)>\u202etxt.exe';
	await fresh(page);
	for (const [file, words] of [
		[{ name: 'cut.txt', buffer: good.subarray(0, 3000) }, 'the file is cut off'],
		[{ name: 'empty.txt', buffer: Buffer.alloc(0) }, 'neither an extract'],
		[{ name: 'photo.png', buffer: Buffer.from('89504e470d0a1a0a', 'hex') }, 'neither an extract'],
		[{ name: 'more.txt', buffer: Buffer.concat([good, Buffer.from('x')]) }, 'not in its one exact form'],
		[{ name: 'huge.txt', buffer: Buffer.alloc(17 * 1024 * 1024) }, 'larger than such a file can be (17 MiB'],
		[{ name, buffer: good }, '<img src=x onerror=alert(1)><U+202E>txt.exe'],
		[{ name: name + '2', buffer: good.subarray(1) }, '<U+202E>'],
	]) {
		await page.setInputFiles('#file', file);
		await page.waitForSelector('.result');
		await page.waitForSelector('#state:empty', { state: 'attached' });
		const t = await page.locator('#results').innerText();
		says(t, words);
		check(await page.locator('.result').count() === 1, 'more than one result for ' + file.name);
		check(await page.locator('#results img').count() === 0, 'a name became an element');
	}
	await give(page, vectors('extract/passage-changed.txt'));
	await shots(page, 'check-altered');
	await page.locator('#trust > summary').click();
	await page.fill('#keys', 'party alpha.example nonsense');
	await page.click('#use');
	says(await page.locator('#keys-state').innerText(), 'These keys cannot be used');
}

// Tab to the button, Enter, a file; Tab on. And a drop, with a folder's own keys beside.
async function hands(page) {
	await fresh(page);
	const chooser = page.waitForEvent('filechooser');
	for (let i = 0; i < 10 && await page.evaluate(() => document.activeElement.id) !== 'choose'; i++)
		await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await (await chooser).setFiles(vectors('extract/confirmation.txt'));
	await page.waitForSelector('.result');
	check(await page.evaluate(() => document.activeElement.className) === 'result', 'focus is not on the result');
	const files = ['confirmation.txt', 'trust.txt'].map(n =>
		({ name: n, text: fs.readFileSync(vectors('extract/' + n), 'utf8') }));
	const data = await page.evaluateHandle(fs => {
		const d = new DataTransfer();
		fs.forEach(f => d.items.add(new File([f.text], f.name)));
		return d;
	}, files);
	await page.dispatchEvent('#drop', 'drop', { dataTransfer: data });
	await page.waitForSelector('text=These keys came with this site');
	says(await page.locator('#results').innerText(), 'under keys that it brings itself');
	await page.getByRole('button', { name: 'Français' }).click();
	says(await page.locator('#results').innerText(), 'Entier et inchangé',
		'bravo.example confirme avoir reçu un pli de alpha.example');
	check(await page.getAttribute('html', 'lang') === 'fr', 'the language of the page is not said');
	await axe(page, 'check-french');
	await shots(page, 'check-french');
}

async function rule(page) {
	if (!plan.cctv)
		return;
	await fresh(page);
	const all = JSON.parse(fs.readFileSync(plan.cctv, 'utf8'));
	const taken = await page.evaluate(async all => {
		const x = await window.chanceryReady;
		const bytes = hex => Uint8Array.from(hex.match(/../g) || [], b => parseInt(b, 16));
		let n = 0;
		for (const v of all) {
			const m = new TextEncoder().encode(v.msg);
			const to = new Uint8Array(x.memory.buffer, x.check_file());
			to.set(bytes(v.key), 0);
			to.set(bytes(v.sig), 32);
			to.set(m, 96);
			n += x.check_signature(m.length);
		}
		return n;
	}, all);
	check(all.length === 914 && taken === 43, `CCTV: ${taken} of ${all.length} taken, not 43 of 914`);
	console.log('CCTV in the browser: 43 of 914 taken');
}

// In French every line of chancery-verify is in French, for every vector; but for the paper's own.
async function translated(page) {
	const all = ['extract', 'delivery', 'split-view'].flatMap(d => fs.readdirSync(vectors(d))
		.filter(n => n.endsWith('.txt') && !n.endsWith('trust.txt')).map(n => vectors(`${d}/${n}`)));
	const said = () => page.$$eval('pre.verify', all => all.map(e => e.textContent.split('\n')));
	let n = 0;

	for (let i = 0; i < all.length; i += 15) {
		await fresh(page);
		await give(page, ...all.slice(i, i + 15));
		const english = await said();
		await page.getByRole('button', { name: 'Français' }).click();
		for (const [k, lines] of (await said()).entries()) {
			check(lines.length === english[k].length, 'another number of lines');
			for (const [j, line] of lines.entries()) {
				check(line === '' || /^ *\|/.test(line) || line !== english[k][j], 'not in French: ' + line);
				check(!/\b(the|that|not|signed|shown)\b/.test(line.replace(/\S+\.txt/, '')) ||
					/^ *(\||motif donné)/.test(line), 'partly in French: ' + line);
				n += line !== '';
			}
		}
	}
	check(n > 500, n + ' lines');
	console.log(`${n} lines of chancery-verify in French`);
}

async function speed(page) {
	await fresh(page);
	const name = vectors('delivery/record.txt');
	await give(page, name);
	const from = Date.now();
	for (let i = 0; i < 5; i++)
		await give(page, name);
	console.log(`a record from choice to result: ${Math.round((Date.now() - from) / 5)} ms`);
}

run(async () => {
	const b = await start({ offline: true });
	for (const part of [evidence, hostile, hands, translated, rule, speed])
		await part(b.page);
	for (const url of b.asked)
		check(url === plan.page || url.startsWith('data:'), 'a request: ' + url);
	check(b.trouble.length === 0, 'the browser complains: ' + b.trouble.join('\n'));
	await b.browser.close();
});
