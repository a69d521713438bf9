"""The words in which posts say where they come from, by language.

A phrase is tried only on a line that contains its `stem`, so that a post without credits costs a
few substring searches. Patterns are matched against the line in lower case. Sources: the feed
footer "The post %1$s appeared first on %2$s." of Yoast SEO (`rss` options) and Jetpack in the
translations of translate.wordpress.org; The Conversation's, ProPublica's, Grist's and Undark's
republication notes; what publishers of each language write.
"""
# ruff: noqa: E501

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """A pattern, the lower-case words one of which must be in the line, and its language."""

    language: str
    stems: tuple[str, ...]
    pattern: re.Pattern[str]


class Phrases(tuple[Phrase, ...]):
    """A table of phrases; `by_stem`: the places in it of those that each stem may stand for."""

    by_stem: Mapping[str, Sequence[int]]


def phrases(table: Iterable[tuple[str, str, str]]) -> Phrases:
    """Rows of language, stems with bars between them, pattern."""
    made = Phrases(Phrase(lang, tuple(stems.split("|")), re.compile(p)) for lang, stems, p in table)
    by_stem: dict[str, list[int]] = {}
    for number, phrase in enumerate(made):
        for stem in phrase.stems:
            by_stem.setdefault(stem, []).append(number)
    made.by_stem = by_stem
    return made


# Every adverb with every verb: the adverbs alone are in every second text.
_FIRST_STEMS = "|".join(
    f"{adverb} {verb}"
    for adverb in ("first", "originally", "initially", "previously")
    for verb in [
        "appeared",
        "published",
        "posted",
        "printed",
        "featured",
        "ran",
        "aired",
        "written",
        "released",
        "produced",
        "run",
        "broadcast",
        "been",
        "created",
    ]
)

# "first appeared on", in every language: who published it before this site did.
FIRST = phrases(
    (
        ("en", _FIRST_STEMS,
         r"\b(?:first|originally|initially|previously)[ ]"
         r"(?:been )?(?:created and |written and )?(?:appeared|published|posted|printed|featured|"
         r"ran|aired|written|released|produced|run|broadcast)\b"
         r"(?: online)?(?: (?:on|at|in|by|via|for|from|over at|with|to|here)\b)?"),
        ("en", "appeared first|published first|posted first|appears first|ran first",
         r"\b(?:appeared|published|posted|appears|ran) first (?:on|at|in|by)\b"),
        ("en", "original version", r"\boriginal version of this .{1,30}?(?:on|at|in|by)\b"),
        ("es", "aparec|apareci|publicad|publicó",
         r"\b(?:aparece|apareció) (?:primero|originalmente) en\b|"
         r"\b(?:publicad[oa]|publicó|apareci(?:do|ó)) (?:originalmente|primero|previamente|"
         r"inicialmente|por primera vez|originariamente)\b(?: (?:en|por)\b)?|"
         r"\b(?:originalmente|previamente) (?:publicad[oa]|aparecid[oa]) (?:en|por)\b|"
         r"\bse publicó (?:primero|originalmente) en\b"),
        ("ca", "primer|originalment",
         r"\b(?:ha aparegut|apareix) primer a\b|\bpublicat originalment (?:a|en|per)\b"),
        ("fr", "apparu|publié|paru",
         r"\best apparue? en premier sur\b|"
         r"\b(?:initialement|originellement|d['’]abord|originalement) (?:été )?(?:publiée?|parue?)\b"
         r"(?: (?:sur|dans|par|en|le site))?|"
         r"\b(?:publiée?|parue?) (?:initialement|à l['’]origine|originellement|en premier|"
         r"pour la première fois|d['’]abord) (?:sur|dans|par)\b"),
        ("de", "erschien|veröffentlicht|publiziert",
         r"\berschien (?:zuerst|ursprünglich|zunächst|erstmals|im original) (?:auf|bei|in|im|am)\b|"
         r"\b(?:zuerst|ursprünglich|zunächst|erstmals|im original) (?:erschienen|veröffentlicht|"
         r"publiziert) (?:auf|bei|in|im|von)\b|"
         r"\b(?:zuerst|ursprünglich|zunächst|erstmals|im original) (?:auf|bei|in|im)\b"
         r"(?=.{1,80}\b(?:erschienen|veröffentlicht|publiziert))"),
        ("pt", "aparece|apareceu|publicad|postad",
         r"\b(?:apareceu|aparece) primeiro (?:em|no|na)\b|"
         r"\b(?:publicad[oa]|postad[oa]) (?:originalmente|primeiro|inicialmente|originariamente|"
         r"pela primeira vez)\b(?: (?:em|no|na|por|pelo|pela|no site|em o)\b)?|"
         r"\boriginalmente publicad[oa] (?:em|no|na|por|pelo|pela)\b"),
        ("it", "proviene da|pubblicat|apparso|apparsa|sembra essere",
         r"\bproviene da\b|\bsembra essere il primo su\b|"
         r"\b(?:è )?(?:pubblicat[oa]|appars[oa]) (?:originariamente|originalmente|inizialmente|"
         r"per la prima volta|in origine|per primo|prima)\b(?: (?:su|sul|in|da|nel)\b)?|"
         r"\b(?:originariamente|originalmente) (?:pubblicat[oa]|appars[oa]) (?:su|sul|in|da|nel)\b"),
        ("nl", "verscheen|verschenen|gepubliceerd|geplaatst",
         r"\b(?:verscheen|verschenen|gepubliceerd|geplaatst) (?:eerst|eerder|oorspronkelijk|als eerste)"
         r" (?:op|in|bij|door)\b|"
         r"\b(?:eerst|eerder|oorspronkelijk) (?:verschenen|gepubliceerd|geplaatst) (?:op|in|bij|door)\b"),
        ("sv", "först|ursprung",
         r"\bdök först upp på\b|\bpublicera(?:des|ts|d|t) (?:ursprungligen|först) (?:på|i|av|hos)\b|"
         r"\b(?:ursprungligen|först) publicera(?:d|t|ts|des) (?:på|i|av|hos)\b"),
        ("da", "først|oprindelig|opprinnelig",
         r"\b(?:først|oprindeligt|oprindelig|opprinnelig) (?:bragt|publiceret|udgivet|trykt|udgivet|"
         r"publisert|gitt ut|utgitt) (?:på|i|hos|af|av)\b|\b(?:dukket|vises|blev) først "
         r"(?:opp )?(?:på|i)\b"),
        ("fi", "alun perin|ensi",
         r"\balun perin (?:julkaistu|ilmestynyt)\b|\b(?:ilmestyi|julkaistiin) ensi(?:n|mmäi[ks]\w+)\b"),
        ("ru", "впервые|первоначально|изначально|сначала|ранее опубликован",
         r"\bвпервые (?:была |был |было )?(?:появил|опубликован|вышл|напечатан)\w*|"
         r"\b(?:первоначально|изначально) (?:\w+ )?(?:опубликован|появил)\w*|"
         r"\bпоявил(?:ась|ся|ось|ись) сначала на\b|\bопубликован\w* (?:впервые|первоначально)"),
        ("uk", "вперше|спершу|спочатку",
         r"\bвперше (?:з['’ʼ]яви|опублікован)\w*|\bспершу з['’ʼ]яви\w*|"
         r"\bспочатку (?:з['’ʼ]яви|опублікован)\w*"),
        ("bg", "пръв път|първоначално", r"\b(?:за пръв път|първоначално) (?:на|в|публикуван\w*)"),
        ("pl", "pochodzi z|pierwot|po raz pierwszy|najpierw|oryginalnie",
         r"\bpochodzi z serwisu\b|\b(?:pierwotnie|po raz pierwszy|najpierw|oryginalnie) "
         r"(?:został[ao]? )?(?:opublikowan|ukaza|pojawi)\w*|"
         r"\b(?:opublikowan|ukaza|pojawi)\w* (?:się )?(?:pierwotnie|po raz pierwszy|najpierw)"),
        ("cs", "pochází z|nejdříve|poprvé|původně",
         r"\bpochází z\b|\b(?:nejdříve|poprvé|původně) (?:byl[ao]? )?(?:publikován|vyš|zveřejněn|"
         r"objevi)\w*"),
        ("sk", "najskôr|pôvodne", r"\b(?:zobrazené )?najskôr\b|\bpôvodne (?:publikovan|uverejnen)\w*"),
        ("hu", "először|eredetileg", r"\b(?:először|eredetileg)\b(?=.{0,120}\b(?:jelent meg|megjelent))"),
        ("ro", "prima dată|original în|inițial",
         r"\bapare (?:prima dată|mai întâi) (?:în|pe)\b|\bpublicat (?:inițial|prima dată) (?:în|pe|de)\b"),
        ("hr", "prvi put|prvo|izvorno", r"\b(?:pojavi\w* )?prvi put(?:a)? (?:na|u)\b|\bizvorno objavljen\w*"),
        ("tr", "ilk önce|ilk olarak|ilk kez",
         r"\bilk (?:önce|olarak|kez)\b(?=.{0,160}(?:yayınlan|yayımlan|ortaya çık|göründü))"),
        ("el", "εμφανίστηκε|δημοσιεύτηκε|δημοσιεύθηκε",
         r"\bεμφανίστηκε πρώτα\b|\b(?:αρχικά|πρώτα) (?:δημοσιεύ[τθ]ηκε|εμφανίστηκε)|"
         r"δημοσιεύ[τθ]ηκε (?:αρχικά|πρώτα)"),
        ("id", "pertama kali|telah tayang|telah terbit",
         r"\b(?:terbit |tayang |tampil |muncul |dimuat )?pertama kali (?:tampil |muncul |terbit |"
         r"dimuat |diterbitkan |dipublikasikan |tayang )?(?:pada|di|oleh)\b|"
         r"\b(?:artikel|berita|tulisan) ini (?:telah|sudah|pernah) (?:tayang|terbit|dimuat|"
         r"dipublikasikan) (?:sebelumnya )?(?:pada|di|oleh)\b"),
        ("vi", "đầu tiên|lần đầu",
         r"(?:xuất hiện|đăng|đăng tải|xuất bản|công bố) (?:lần )?đầu tiên|"
         r"(?:đăng|xuất bản|công bố) lần đầu"),
        ("ar", "أول|اول|لأول|الأصل",
         r"ظهر(?:ت)? .{0,160}?أولا?ً? (?:على|في)|(?:نشر|نُشر|نشرت|نُشرت)(?: هذا| هذه)?(?: المقال\w*)? "
         r"(?:ل?أول مرة|أولا?ً?|في الأصل|أصلا?ً?)(?: (?:في|على))?"),
        ("fa", "اولین بار", r"اولین بار (?:در|توسط)"),
        ("he", "לראשונה", r"(?:הופיע|פורסם|הופיעה|פורסמה)\w* לראשונה"),
        ("zh", "最先|最早|首先|首发|首發|原载|原載|最初发表|原刊",
         r"(?:最先|最早|首先)(?:出现|出現|发布|發佈|发表|發表|刊登)[于於在]|(?:首发|首發)[于於在]|"
         r"(?:本文)?(?:原载|原載|原刊)[于於]?|最初发表[于在]"),
        ("ja", "最初に|初出|に掲載された|で公開された",
         r"最初に(?:表示|掲載|公開|登場)|初出|(?:に|で)(?:掲載|公開)された(?:もの|記事)"),
        ("ko", "처음|최초", r"(?:에|에서) (?:처음|최초로?) (?:등장|게시|게재|발행|공개)"),
        ("th", "ครั้งแรก", r"(?:ปรากฏ|เผยแพร่|ตีพิมพ์)ครั้งแรก"),
        ("hi", "पहली बार|पहले", r"(?:पहली बार|सबसे पहले) (?:प्रकाशित|दिखाई|छपा)"),
    )
)  # fmt: skip

# What such a sentence must speak of: this text. News and criticism say of others' work in the same
# words that it was first published somewhere ("emails first published by …", "the story was first
# published by …"), so that in English "the story" is not enough, and "this story" is.
ENGLISH_SUBJECT = re.compile(
    r"\bthis (?:[\w'’-]+ ){0,4}(?:article|post|story|piece|essay|column|report|commentary|op-?ed|"
    r"editorial|blog|interview|text|item|excerpt|entry|release|analysis|review|opinion|content|"
    r"investigation|work|chapter|translation|update|transcript|guide|feature|list|speech|letter|"
    r"paper|lesson|tutorial|recipe|newsletter|page|poem)\b|"
    r"\bthe (?:above |following |full |original )?(?:article|post|piece|essay|column|op-?ed)\b|"
    r"^\W*(?:(?:an?|our|my|his|her|another|[\w-]+['’]s) )?(?:[\w-]+ ){0,2}(?:article|post|story|piece|"
    r"essay|column|blog|op-?ed|interview|content|excerpt|version)\b|"
    r"^\W*this (?:was|is|has|first|originally)\b"
)
OTHER_SUBJECT = re.compile(
    r"artikel|beitr[aä]g|\btext|interview|kommentar|kolumne|essay|rezension|\bpost\b|meldung|bericht|"
    r"artículo|entrada|\bnota\b|noticia|entrevista|columna|ensayo|reportaje|crónica|publicación|"
    r"article|billet|tribune|entretien|chronique|analyse|artigo|matéria|coluna|reportagem|"
    r"articol|testo|intervista|\bpezzo|contributo|editoriale|stuk|column|inlägg|krönika|"
    r"indlæg|innlegg|artikkel|artikl|kirjoitus|juttu|стать|материал|текст|запис|сообщени|интервью|"
    r"колонк|пост\b|допис|artykuł|tekst|wpis|wywiad|materiał|felieton|článek|článok|příspěvek|"
    r"príspevok|cikk|írás|bejegyzés|yazı|makale|haber|röportaj|içerik|άρθρο|κείμενο|berita|tulisan|"
    r"\bbài|مقال|نص|موضوع|خبر|مقاله|نوشته|مطلب|פוסט|מאמר|כתבה|本文|文章|此文|該文|该文|这篇|這篇|"
    r"記事|投稿|本稿|글|기사|게시물|लेख|บทความ"
)
