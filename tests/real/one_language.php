<?php
/**
 * Shows posts, pages, terms and comments in one language at a time, by the hooks that WPML uses:
 * `wpml_language` is an argument of every route, and whoever leaves it out gets the first one. What
 * is written in which is not asked of anybody: an id's rest of a division by three says so.
 */

const TESTBED_LANGUAGES = array( 'de', 'fr', 'pt-br' );

function testbed_only( string $column ): string {
	return sprintf( ' AND %s %% 3 = %d', $column, $GLOBALS['testbed_language'] ?? 0 );
}

add_filter( 'rest_endpoints', function ( array $endpoints ): array {
	foreach ( $endpoints as &$endpoint ) {
		foreach ( $endpoint as $key => &$handler ) {
			if ( is_numeric( $key ) ) {
				$handler['args']['wpml_language'] = array( 'type' => 'string', 'enum' => TESTBED_LANGUAGES );
			}
		}
	}
	return $endpoints;
} );

add_filter( 'rest_request_before_callbacks', function ( $response, $server, WP_REST_Request $request ) {
	$GLOBALS['testbed_language'] = (int) array_search( $request->get_param( 'wpml_language' ), TESTBED_LANGUAGES, true );
	return $response;
}, 10, 3 );

add_filter( 'posts_where', function ( string $where, WP_Query $query ): string {
	global $wpdb;
	$written = in_array( $query->get( 'post_type' ), array( 'post', 'page' ), true );
	return $written && defined( 'REST_REQUEST' ) ? $where . testbed_only( "$wpdb->posts.ID" ) : $where;
}, 10, 2 );

add_filter( 'terms_clauses', function ( array $clauses, array $taxonomies, array $arguments ): array {
	// Not those of a post, which are asked for by its id.
	if ( defined( 'REST_REQUEST' ) && empty( $arguments['object_ids'] ) && 'all_with_object_id' !== $arguments['fields'] ) {
		$clauses['where'] .= testbed_only( 't.term_id' );
	}
	return $clauses;
}, 10, 3 );

add_filter( 'comments_clauses', function ( array $clauses ): array {
	global $wpdb;
	if ( defined( 'REST_REQUEST' ) ) {
		$clauses['where'] .= testbed_only( "$wpdb->comments.comment_post_ID" );
	}
	return $clauses;
} );
