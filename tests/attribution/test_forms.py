"""Forms of credits, and of what only looks like one, as they occur in the wild."""

import pytest

from mirror.attribution import judge, site_of

OWN = "https://copy.org/2024/05/plan/"
URL = "https://paper.com/2024/05/plan"
HOST = "paper.com"

NAMED = [
    # A link with a twitter handle first: the next link is the publisher.
    f'This guest blog was originally published on <a href="https://twitter.com/x">X\'s</a> '
    f'<a href="{URL}">own blog</a>. It has been updated.',
    f'<em>(The post <a href="{URL}">What now?</a> appeared first on '
    f'<a href="https://{HOST}">Paper</a>.)</em>',
    f'The post <a href="{URL}">Why? Because! That is. Why</a> appeared first on '
    f'<a href="https://{HOST}">Paper</a>.',
    f'<strong>This article was originally published on <a href="{URL}">paper.com</a>.</strong>',
    f'<em>Originally published at <a href="{URL}">{URL}</a> on March 4, 2019.</em>',
    f"Originally published: {URL}",
    f"This article was originally published at {URL}",
    f'This essay was originally published on <a href="{URL}">Paper</a> by '
    '<a href="https://x.com/a">A. Writer</a>. Re-edited here.',
    f'This post was originally published on <a href="{URL}">Paper</a> and is cross-posted here.',
    f'Reposted with permission from <a href="{URL}">Paper</a>.',
    f'Reprinted with the permission of <a href="{URL}">Paper</a>. All rights reserved.',
    f'Dieser Beitrag ist eine Fassung des Artikels <a href="{URL}">RWX</a>, zuerst erschienen '
    f'bei <a href="https://{HOST}">Paper</a> auf Medium.',
    f'Der Artikel ist zuerst auf <a href="{URL}">Paper</a> erschienen.',
    f'Dieser Text erschien zuerst am 3. Mai 2019 in der <a href="{URL}">Paper</a>.',
    f'Artículo <a href="{URL}">publicado originalmente en el blog de Paper</a>, por cortesía.',
    f'Publicado originalmente en <a href="{URL}">Paper</a> bajo CC BY 4.0.',
    f'Este texto fue publicado originalmente por <a href="{URL}">Paper</a>.',
    f"Originalmente publicado em {URL}",
    f'Publicado originalmente no <a href="{URL}">Paper</a>.',
    f'Cet article a été initialement publié sur <a href="{URL}">Paper</a>.',
    f'Cet article est paru initialement dans <a href="{URL}">Paper</a>.',
    f'Articolo pubblicato originariamente su <a href="{URL}">Paper</a>.',
    f'Questo articolo è apparso originariamente su <a href="{URL}">Paper</a>.',
    f'L\'articolo <a href="{URL}">Piano</a> proviene da <a href="https://{HOST}">Paper</a>.',
    f'Статья впервые опубликована на <a href="{URL}">Paper</a>.',
    f'Оригинал: <a href="{URL}">Paper</a>',
    f'Артикль переведен. Оригинал статьи: <a href="{URL}">{URL}</a>',
    f'Bu yazı ilk olarak <a href="{URL}">Paper</a> sitesinde yayımlanmıştır.',
    f'Artikel ini telah tayang di <a href="{URL}">Paper</a> dengan judul Rencana.',
    f'Dilansir dari <a href="{URL}">Paper</a>, Senin (3/5).',
    f"本文转自：{URL}",
    f'本文转自 <a href="{URL}">{URL}</a>，如有侵权，请联系删除。',
    f'注：本文转自<a href="{URL}">{URL}</a>',
    f'原文：<a href="{URL}">Paper</a>',
    f'本文首发于 <a href="{URL}">Paper</a>。',
    f'出典：<a href="{URL}">Paper</a>',
    f'출처: <a href="{URL}">Paper</a>',
    f'المصدر: <a href="{URL}">Paper</a>',
    f'Bron: <a href="{URL}">Paper</a>',
    f'Artykuł ukazał się pierwotnie na <a href="{URL}">Paper</a>.',
    f'Przedruk za: <a href="{URL}">Paper</a>',
    f'Read the full story at <a href="{URL}">Paper</a>',
    f'Click <a href="{URL}">here</a> to read the original article.',
    f'Read the full article: <a href="{URL}">{URL}</a>',
    f'<a href="{URL}">Read the full article on Paper →</a>',
    f'<a href="{URL}">Leer el artículo original</a>',
    f'<a href="{URL}">Lire la suite sur Paper</a>',
    f'<a href="{URL}">Zum Originalartikel</a>',
    f'<a href="{URL}">Leia a matéria completa</a>',
    f'<a href="{URL}">Continua a leggere su Paper</a>',
    f'<a href="{URL}">Читать полностью</a>',
    f'<a href="{URL}">Baca selengkapnya</a>',
    f'<a href="{URL}">阅读原文</a>',
    f'<a href="{URL}">続きを読む</a>',
    f'<a href="{URL}">View Original Article</a>',
]  # fmt: skip


@pytest.mark.parametrize("credit", NAMED)
def test_a_credit_names_its_publisher(credit: str) -> None:
    post = {
        "link": OWN,
        "content": {"rendered": f"<p>The council met on Tuesday.</p>\n<p>{credit}</p>"},
    }
    attribution = judge(post, site_of(post))
    assert attribution.upstream_domain == HOST
    assert attribution.upstream_url in (URL, None)


@pytest.mark.parametrize("credit", NAMED)
def test_the_same_credit_of_the_site_itself_is_none(credit: str) -> None:
    own = credit.replace("paper.com", "copy.org")
    post = {
        "link": OWN,
        "content": {"rendered": f"<p>The council met on Tuesday.</p>\n<p>{own}</p>"},
    }
    assert not judge(post, site_of(post)).syndicated


LEFT_ALONE = [
    f'Since this article was originally published, there have been <a href="{URL}">changes</a>.',
    f'El enfoque, publicado originalmente en 2023, ha sido <a href="{URL}">el estándar</a>.',
    f'The study was first published in <a href="{URL}">Nature Communications</a> last week.',
    f'The story was first reported by <a href="{URL}">the Paper</a>.',
    f'The report was first published by <a href="{URL}">Paper</a> on Monday.',
    f'Her novel, first published in 1985, is <a href="{URL}">in print again</a>.',
    f'Das Buch erschien zuerst bei <a href="{URL}">Paper</a>.',
    f'Das Album wurde ursprünglich veröffentlicht von <a href="{URL}">Paper Records</a>.',
    f'El libro fue publicado originalmente por <a href="{URL}">Paper</a>.',
    f'The letter was obtained by <a href="{URL}">Paper</a> and published with permission.',
    f'<a href="{URL}">According to Paper</a>, the council will meet again.',
    f'Photo: <a href="{URL}">Paper</a>',
    f'Image source: <a href="{URL}">Paper</a>',
    'Foto: Paper / Quelle: <a href="https://getty.com/x">Getty</a>',
    f'See also: <a href="{URL}">a plan elsewhere</a>',
    f'Related: <a href="{URL}">Read more about plans</a>.',
    f'As featured in <a href="https://{HOST}">Paper</a>.',
    f'You can read my review at <a href="{URL}">Paper</a>, where I write a column.',
    f'Sources: <a href="{URL}">Paper</a>, <a href="https://other.org/a">Other</a>, '
    '<a href="https://third.net/b">Third</a>',
    f'A spokesman told <a href="{URL}">Reuters</a> that he had no comment.',
    'Associated Press contributed to this report.',
    f'转载请注明出处：<a href="{OWN}">本站</a>',
    f'The full article: <a href="{OWN}">here</a>',
    f'Source: <a href="{URL}">Paper</a>, <a href="https://other.org/a">Other</a>',
    f'The <a href="{URL}.pdf">full report</a> has 40 pages.',
    f'Read more on <a href="{URL}">plans and planning</a>.',
    f'<a href="{URL}">Read more on planning from the Institute</a>',
    f'<a href="{URL}">View in Grazr</a>',
    f'As I wrote in a comment on the <a href="{URL}">original post</a>, plans are not enough.',
    f'You can <a href="{URL}">view the source</a> of the page.',
    f'Here is a link to the original article: <a href="{URL}">{URL}</a>',
    f'My new album is out, see <a href="{URL}">here</a> and <a href="{URL}-2">here</a>.'
    '<img src="https://paper.com/wp-content/uploads/a.jpg">',
    f'We translated the menus from <a href="{URL}">Italian</a>.',
    f'Our <a href="{URL}">original research</a> is on file.',
    f'The source code is at <a href="{URL}">the repository</a>.',
    f'<figure><img src="https://copy.org/a.jpg"><figcaption>Source: <a href="{URL}">Paper</a>'
    '</figcaption></figure>',
    f'He is a reporter for <a href="https://{HOST}">Paper</a>.',
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_no_credit(text: str) -> None:
    html = f"<p>The council met on Tuesday.</p>\n<p>{text}</p>\n<p>It will meet again.</p>"
    post = {"link": OWN, "content": {"rendered": html}}
    attribution = judge(post, site_of(post))
    assert not attribution.syndicated, attribution.evidence
