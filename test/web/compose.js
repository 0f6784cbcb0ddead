'use strict';
const { axe, check, plan, run, shots, speak, start, unlock, visit } = require('./lib.js');

// What the page says of the last saving, once it is another than before.
async function saved(page) {
	await page.waitForSelector('#saved time');
}

run(async () => {
	const b = await start();
	const page = b.page;

	await unlock(page, plan.link, plan.pass);
	await page.goto(plan.base + '/h/1/talks/strait/compose');
	check((await page.textContent('#files')).includes('once the draft is saved'), 'no draft yet');
	await page.fill('#subject', 'Typed');
	await page.fill('#text', '# Typed\n\nAnd *set*.');
	await page.selectOption('#act', 'request');
	await saved(page);
	check(/\/drafts\/[0-9a-f]{16}$/.test(page.url()), 'its address: ' + page.url());
	check(await page.innerText('#preview em') === 'set', 'the preview');
	check((await page.innerText('#why-act')).startsWith('Asks for something.'), 'the sentence');
	await axe(page, 'compose, saved');

	// More of it, without a button; it is there after loading the page anew.
	await page.fill('#text', '# Typed\n\nAnd *more*.\n\n* a list,\n* of two\n\n> quoted\n\nSee ' +
		'[the map](https://maps.example/strait).');
	await page.waitForSelector('#preview em:text("more")');
	await page.reload();
	check((await page.inputValue('#text')).includes('*more*'), 'kept');

	// A second window saves; the first one stops, says so, and shows both when asked.
	const second = await b.context.newPage();
	await second.goto(page.url());
	await second.fill('#text', '# Typed\n\nBy the *second*.');
	await second.waitForSelector('#preview em:text("second")');
	await page.fill('#subject', 'Typed by the first');
	await page.waitForSelector('#saved:text("Not saved any more")');
	const posted = b.asked.length;
	await page.fill('#subject', 'Typed by the first, more');
	await page.evaluate(() => new Promise(done => setTimeout(done, 1300)));
	check(b.asked.length === posted, 'the first went on saving');
	await second.reload();
	check(await second.inputValue('#subject') === 'Typed', 'the second was saved over');
	await second.close();
	await page.bringToFront();
	await axe(page, 'compose, stopped');
	await page.click('button[value=save]');
	await page.waitForSelector('h1:text("changed in another window")');
	check(await page.locator('mark').count() === 2, 'what differs is marked');
	await axe(page, 'newer');
	await shots(page, 'newer');
	await page.click('button:text("instead")');
	await page.waitForURL(/drafts\/[0-9a-f]{16}$/);
	check((await page.inputValue('#text')).includes('*more*'), 'what was chosen');
	check(await page.inputValue('#subject') === 'Typed by the first, more', 'with its cover');
	await page.fill('#subject', 'Typed');
	await saved(page);

	// A file, chosen; then one dropped, with a name that would turn the line.
	await page.setInputFiles('#file', { name: 'map.pdf', mimeType: 'application/pdf',
		buffer: Buffer.alloc(300000, 1) });
	await page.click('#drop button:not([formaction])');
	await page.waitForSelector('#files li:has-text("map.pdf")');
	await page.evaluate(() => {
		const t = new DataTransfer();
		t.items.add(new File(['x'], 'evil\u202efdp.exe'));
		t.items.add(new File(['hello'], 'dropped.txt'));
		document.getElementById('drop').dispatchEvent(new DragEvent('drop', { bubbles: true,
			cancelable: true, dataTransfer: t }));
	});
	await page.waitForSelector('#files li:has-text("dropped.txt")');
	check(await page.locator('#files li').count() === 2, 'the evil name was not taken');
	const told = await page.innerText('#progress');
	check(told.includes('evil<U+202E>fdp.exe: It was not added.') && told.includes('rename it'), told);
	check(await page.evaluate(() => localStorage.length + sessionStorage.length) === 0, 'storage');
	await axe(page, 'compose, with files');
	await shots(page, 'compose');

	// To the outbox and away.
	await page.click('button[value=review]');
	await page.waitForURL(/review$/);
	check((await page.innerText('main')).includes('dropped.txt'), 'the review');
	await axe(page, 'review');
	await shots(page, 'review');
	const draft = page.url().replace(/\/review$/, '');
	await visit(page, plan.base + '/h/1/drafts', 'drafts', 'en');
	for (const lang of ['xx', 'fr', 'en']) {
		await speak(page, lang);
		if (lang === 'en')
			break;
		await visit(page, draft, 'compose-' + lang, lang);
		await visit(page, draft + '/review', 'review-' + lang, lang);
	}
	await page.goto(draft + '/review');
	await page.selectOption('#delay', '300');
	await page.click('form[action$="/send"] button');
	await page.waitForURL(/outbox/);
	await page.waitForSelector('[data-left]:text-matches("\\\\d:\\\\d\\\\d")');
	await axe(page, 'outbox, counting');
	await shots(page, 'outbox');
	await page.click('form[action$="/now"] button');
	await page.waitForSelector('#out ~ ul >> text=Typed');
	// The 422 of the evil name is in the console, the 409 of the second window, and nothing else.
	b.trouble.splice(0, b.trouble.length, ...b.trouble.filter(t => !/422|409/.test(t)));
	await b.end();
});
