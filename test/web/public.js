'use strict';
// A registry's front page, live and at rest, and a published folder from file://.
const { axe, check, plan, run, shots, start } = require('./lib.js');

run(async () => {
	const b = await start();
	const page = b.page;
	await page.goto(plan.registry + '/');
	await page.waitForSelector('#live:not(:empty)');
	check((await page.locator('#live').innerText()).startsWith('Asked at'), 'it is not live');
	check(/^\d+$/.test(await page.locator('#size').innerText()), 'no size');
	await axe(page, 'registry');
	await shots(page, 'registry');
	await page.click('.languages a[lang=fr]');
	await page.waitForSelector('html[lang=fr] #live:not(:empty)');
	check((await page.locator('#live').innerText()).startsWith('Demandé à'), 'it is not live in French');
	await axe(page, 'registry-fr');
	await shots(page, 'registry-fr');
	await page.click('#check');
	await page.waitForSelector('html[lang=fr] #languages button');
	check(await page.evaluate(() => window.chanceryReady.then(x => x !== null)), '/check does not start');
	await axe(page, 'check-fr');

	await page.goto(plan.registry + '/');
	const opened = page.waitForEvent('popup');
	const data = await page.evaluateHandle(text => {
		const d = new DataTransfer();
		d.items.add(new File([text], 'dropped.txt'));
		return d;
	}, plan.text);
	await page.dispatchEvent('#drop', 'drop', { dataTransfer: data });
	const checking = await opened;
	await checking.waitForSelector('.result');
	const told = await checking.locator('#results').innerText();
	check(told.includes('dropped.txt') && told.includes('confirms that it received'), told);
	await checking.close();

	await page.goto(plan.folder + '/index.html');
	await axe(page, 'published');
	await shots(page, 'published');
	await page.click('.languages a[lang=fr]');
	await page.waitForSelector('html[lang=fr] .items');
	await axe(page, 'published-fr');
	await shots(page, 'published-fr');
	await page.locator('a:has-text("Vérifier")').first().click();
	await page.waitForSelector('html[lang=fr] .result');
	const f = await page.locator('#results').innerText();
	check(f.includes('confirme avoir reçu un pli') && f.includes('proposition'), f);
	await axe(page, 'published-check-fr');
	await page.goto(plan.folder + '/index.html');
	await page.locator('a:has-text("Check it")').first().click();
	await page.waitForSelector('.result');
	const t = await page.locator('#results').innerText();
	check(t.includes('confirms that it received') && t.includes('under keys that it brings itself') &&
		t.includes('These keys came with this site'), t);
	await axe(page, 'published-check');
	await page.goto(plan.folder + '/check.html#nothing.txt');
	await page.reload();
	await page.waitForSelector('text=This page does not have nothing.txt in it');
	for (const url of b.asked)
		check(url.startsWith(plan.folder) || url.startsWith(plan.registry) || url.startsWith('data:'),
			'a request: ' + url);
	const real = b.trouble.filter(m => !m.includes('404'));
	check(real.length === 0, 'the browser complains: ' + real.join('\n'));
	await b.browser.close();
});
