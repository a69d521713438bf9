"""Lets real WordPress change between two requests of a crawl: a plugin that does what is planned.

The plan is a list beside WordPress' content; before each request of the crawler the next step is
taken from it and done, inside the same process and before anything is read. So the same plan means
the same changes at the same places of the crawl.
"""

import json
import random
from typing import Any

from tests.real.bed import WordPress

PLUGIN = r"""<?php
add_action( 'rest_api_init', function () {
	$plan  = WP_CONTENT_DIR . '/churn.json';
	$agent = $_SERVER['HTTP_USER_AGENT'] ?? '';
	if ( ! is_file( $plan ) || ! str_contains( $agent, 'syndication-mirror' ) ) {
		return;
	}
	$file = fopen( $plan, 'r+' );
	flock( $file, LOCK_EX );
	$steps = json_decode( stream_get_contents( $file ), true );
	$step  = array_shift( $steps );
	if ( $step ) {
		[ $what, $post ] = $step;
		match ( $what ) {
			'add'    => wp_insert_post( $post ),
			'edit'   => wp_update_post( $post ),
			'trash'  => wp_trash_post( $post['ID'] ),
			'delete' => wp_delete_post( $post['ID'], true ),
		};
	}
	ftruncate( $file, 0 );
	rewind( $file );
	fwrite( $file, json_encode( $steps ) );
	fclose( $file );
} );
// A lowered page size makes many requests of few posts.
foreach ( [ 'post', 'page', 'book', 'attachment' ] as $type ) {
	add_filter( "rest_{$type}_collection_params", function ( $params ) {
		$params['per_page']['maximum'] = 20;
		return $params;
	} );
}
"""

Step = tuple[str, dict[str, Any]]


class Churn:
    """The plan of one site."""

    def __init__(self, site: WordPress) -> None:
        self.content = site.folder / "www" / "wp-content"
        (self.content / "mu-plugins" / "churn.php").write_text(PLUGIN, encoding="utf-8")

    def plan(self, steps: list[Step | None]) -> None:
        """What happens before each of the next requests; None is nothing."""
        (self.content / "churn.json").write_text(json.dumps(steps), encoding="utf-8")

    def left(self) -> int:
        """How many steps have not been taken."""
        return len(json.loads((self.content / "churn.json").read_text(encoding="utf-8")))


def steps(seed: int, truth: dict[str, Any], requests: int) -> list[Step | None]:
    """Something happens before two requests of three: each post is touched once."""
    chance = random.Random(seed)
    ids = [
        (item["id"], slug)
        for slug in ("post", "page", "book")
        for item in truth["types"][slug]["items"]
    ]
    chance.shuffle(ids)
    planned: list[Step | None] = []
    for number in range(requests):
        what = chance.choice(("add", "add", "import", "edit", "trash", "delete", "delete", None))
        if what is None:
            planned.append(None)
        elif what in ("add", "import"):
            planned.append(("add", _new(chance, f"{seed}-{number}", old=what == "import")))
        else:
            wp_id, _ = ids.pop()
            title = {"post_title": f"Edited {seed}-{number}"} if what == "edit" else {}
            planned.append((what, {"ID": wp_id, **title}))
    return planned


def _new(chance: random.Random, name: str, *, old: bool) -> dict[str, Any]:
    made = {
        "post_title": f"Late {name}", "post_content": f"<p>Written late: {name}.</p>",
        "post_status": "publish", "post_author": 1,
        "post_type": chance.choice(("post", "post", "post", "page", "book")),
    }  # fmt: skip
    return {**made, "post_date": "2015-03-04 05:06:07"} if old else made
