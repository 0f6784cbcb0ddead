'use strict';
// The pictures of the manual: see tools/manual-shots.
const path = require('path');
const { plan, run, settled, start, unlock } = require('./lib.js');

run(async () => {
	const b = await start({ viewport: { width: 720, height: 510 }, colorScheme: 'light' });

	await unlock(b.page, plan.link, plan.pass);
	// Adding somebody begins with what they sent.
	await b.page.goto(plan.base + '/h/1/keys/add');
	await b.page.fill('#file', plan.request);
	await b.page.click('main button.primary');
	await b.page.waitForURL(/compare/);
	await b.page.screenshot({ path: path.join(plan.out, 'add.png') });
	for (const [name, url] of Object.entries(plan.pages)) {
		await b.page.goto(plan.base + url);
		await settled(b.page);
		await b.page.waitForLoadState('networkidle');
		await b.page.screenshot({ path: path.join(plan.out, name + '.png') });
	}
	await b.end();
});
