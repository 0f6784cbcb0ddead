'use strict';
// Acts on papers: the page before each, and of those in public the page that the public will see.
const { axe, check, plan, run, shots, start, unlock, visit } = require('./lib.js');

async function review(page, name, url, before) {
	await visit(page, plan.base + url, name);
	await before();
	await page.click('main form button.primary');
	await page.waitForSelector('.sheet.public');
	await axe(page, name + '-review');
	await shots(page, name + '-review');
	check(await page.locator('button[name=sure]').count() === 1, name + ': the act is on the second page');
}

run(async () => {
	const b = await start();
	const page = b.page;

	await unlock(page, plan.link, plan.pass);
	for (const [name, url] of Object.entries(plan.pages))
		await visit(page, plan.base + url, name);
	await review(page, 'confirm', plan.confirm, () => page.fill('#text', 'We shall say no more.'));
	await review(page, 'disclose', plan.disclose, () => page.check('#passage-1'));
	await review(page, 'contest', plan.contest, () => page.fill('#text', 'A different matter.'));
	await review(page, 'statement', plan.statement, () => page.fill('#text', 'We shall answer.'));
	await b.end();
});
