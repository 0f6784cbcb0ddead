'use strict';
// A job's page, and lists that fill: ask again and put the new text in place of the old. Without
// script the page loads itself anew.
(function () {
	function poll() {
		if (!document.querySelector('[data-poll]'))
			return;
		setTimeout(function () {
			fetch(location.href, { redirect: 'follow' }).then(function (r) {
				if (r.redirected) {
					location.replace(r.url);
					return null;
				}
				return r.text();
			}).then(function (text) {
				if (text === null)
					return;
				var fresh = new DOMParser().parseFromString(text, 'text/html');
				var main = document.getElementById('main');
				main.replaceWith(document.adoptNode(fresh.getElementById('main')));
				document.title = fresh.title;
				poll();
			}).catch(function () { setTimeout(poll, 2000); });
		}, 400);
	}
	poll();
})();
