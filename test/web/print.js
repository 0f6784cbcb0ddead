'use strict';
// Print pages as the browser's own print does.
const path = require('path');
const { plan, run, settled, start, unlock } = require('./lib.js');

run(async () => {
	const b = await start();

	await unlock(b.page, plan.link, plan.pass);
	for (const [name, url] of Object.entries(plan.pages)) {
		await b.page.goto(plan.base + url);
		await settled(b.page);
		await b.page.pdf({ path: path.join(plan.to, name + '.pdf'), preferCSSPageSize: true });
	}
	await b.end();
});
