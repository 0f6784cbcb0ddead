'use strict';
// Two desks of one party: somebody asks, is added, joins and is recalled, by pages alone. Every page is
// judged by axe, the largest in French as well, before anything is filled in.
const { axe, check, plan, run, settled, shots, speak, start, unlock } = require('./lib.js');

async function look(page, name) {
	await page.bringToFront();
	await axe(page, name, 'en');
	await shots(page, name);
	await speak(page, 'fr');
	if (/wait|add-compare|recall$/.test(name)) // the largest
		await axe(page, name + '-fr', 'fr');
	await shots(page, name + '-fr', ['light']);
	await speak(page, 'en');
}

async function led(page, part) {
	await page.waitForURL(part, { timeout: 40000 });
	await settled(page);
}

async function saved(page, link) {
	const [d] = await Promise.all([page.waitForEvent('download'), page.click(link)]);
	return { path: await d.path(), name: d.suggestedFilename() };
}
const words = page => page.textContent('main .large .words');

async function asks(page) {
	await page.goto(plan.otherLink);
	await page.click('a[href="/first/join"]');
	await look(page, 'ask');
	await page.fill('#handle', 'Alpha.example');
	await page.fill('#person', 'C. Lane');
	await page.fill('#office', 'Third Secretary');
	await page.fill('#pass', plan.pass);
	await page.fill('#again', plan.pass);
	await page.check('[name=exercise]');
	await page.click('main button.primary');
	await led(page, /wait\?done/);
	await look(page, 'wait');
	// Nothing else is to be had, and no talks.
	await page.goto(plan.otherBase + '/h/1/talks');
	check(/\/wait$/.test(page.url()) && await page.locator('.mast nav').count() === 0, 'it waits');
	return { request: await saved(page, 'a[href$="/wait/request"]'), words: await words(page) };
}

async function adds(page, asked) {
	await unlock(page, plan.link, plan.pass);
	await page.goto(plan.base + '/h/1/keys');
	await page.click('a[href$="/keys/add"]');
	await page.setInputFiles('#file-file', asked.request.path);
	for (let i = 0; i < 200 && !(await page.inputValue('#file')); i++)
		await new Promise(go => setTimeout(go, 20));
	await page.click('main button.primary');
	await page.waitForURL(/compare/);
	check(await words(page) === asked.words, 'the words differ');
	check(/c\.lane/.test(await page.textContent('main .facts')), 'who asks');
	await look(page, 'add-compare');
	check(await page.locator('.powers :checked').count() === 3, 'the daily powers');
	await page.check('#p4');
	await page.check('[name=same]');
	await page.fill('#pass', 'not this one at all');
	await page.click('main button.primary');
	await led(page, /wrong=1/);
	check(/not the passphrase/.test(await page.textContent('main')), 'a wrong passphrase');
	check(await page.isChecked('#p4'), 'and what was chosen stands');
	await page.check('[name=same]');
	await page.fill('#pass', plan.pass);
	await page.click('main button.primary');
	await led(page, /keys\/welcome/);
	await look(page, 'welcome-made');
	return { file: await saved(page, 'a[href$="/welcome/file"]'), words: await words(page) };
}

async function joins(page, welcome) {
	await page.setInputFiles('#file', welcome.file.path);
	await page.click('main .drop button');
	await page.waitForURL(/wait\/compare/);
	check(await words(page) === welcome.words, 'the words of the party differ');
	check(/send, sign for papers, speak in public, draft/.test(await page.textContent('main')), 'the powers');
	await look(page, 'enter');
	await page.check('[name=same]');
	await page.click('main button.primary');
	await led(page, /talks\?done/);
	check(/You act for alpha\.example/.test(await page.textContent('main')), 'it acts');
	await page.waitForSelector('.card[href$="/talks/strait"]');
}

async function recalls(page) {
	await page.goto(plan.base + '/h/1/keys');
	await look(page, 'keys-two');
	await page.click('.parties li:has-text("c.lane") a[href*="/recall/"]');
	await look(page, 'recall');
	await page.fill('#pass', plan.pass);
	await page.click('main button.primary');
	await led(page, /keys\?done/);
	check(/recalled: may do nothing/.test(await page.textContent('.parties li:has-text("c.lane")')), 'recalled');
}

run(async () => {
	const b = await start();
	const page = b.page, theirs = await b.context.newPage(); /* two desks, two cookies */

	const asked = await asks(theirs);
	check(/^alpha\.example-[0-9a-f]{8}-request\.txt$/.test(asked.request.name), asked.request.name);
	await joins(theirs, await adds(page, asked));
	await recalls(page);
	await theirs.click('form[action$="/sync"] button');
	for (let i = 0; i < 100 && !/was recalled/.test(await theirs.textContent('main')); i++) {
		await new Promise(go => setTimeout(go, 200));
		await theirs.reload();
	}
	check(/was recalled/.test(await theirs.textContent('main')), 'the recalled desk says so');
	await look(theirs, 'recalled');
	await b.end();
});
