"""The words in which posts say that they are copies: republished, translated, taken over.

Tables as in `phrases`, and with the same sources; for wires and republication notes their own
"how to republish" pages.
"""
# ruff: noqa: E501

import re

from mirror.attribution.phrases import phrases

# "republished from", "with permission of", "cross-posted from": the text stood there before.
REPUBLISHED = phrases(
    (
        ("en", "republish|re-publish|reprint|re-print|repost|re-post|reproduced|syndicated|excerpted|permission|courtesy of",
         r"\b(?:re-?published|reprinted|re-?posted|reproduced|syndicated|excerpted|re-?printed)"
         r"(?: here| online| in full)?(?: from| via| courtesy of| by (?:kind )?permission of|"
         r" with (?:the )?(?:\w+ )?(?:permission|consent)(?: (?:from|of|by))?)|"
         r"\b(?:displayed|posted|published|used|shared|appears here) (?:here )?"
         r"(?:with (?:the )?(?:\w+ )?permission (?:from|of)|by permission of|courtesy of)\b"),
        ("en", "crosspost|cross-post|cross post", r"\bcross[- ]?posted (?:from|at|on|in)\b"),
        ("en", "partnership|collaboration|provided by|distributed by|made available|licensed from",
         r"\bpublished in (?:partnership|collaboration) with\b|"
         r"\b(?:story|article|report|content|column) (?:was |is |has been )?(?:provided|distributed|"
         r"supplied|made available|licensed) (?:to \w+ )?(?:by|from)\b"),
        ("en", "view original|view source|source version|source press release|view the original|view the source",
         r"\bview (?:the )?(?:original|source) (?:content|version|press release|release)\b"
         r"(?: (?:on|at|to|from)\b)?|\bsource version of this (?:press )?release\b|"
         r"\bsource press release\b"),
        ("es", "republicad|reproducid|tomado de|tomada de|extraído de|extraída de|con permiso|cortesía",
         r"\b(?:republicad[oa]|reproducid[oa]) (?:de|desde|del|con (?:el )?(?:permiso|autorización)(?: de)?|"
         r"en|por cortesía de)\b|\b(?:artículo|texto|nota|noticia|entrevista)\b.{0,20}"
         r"\b(?:tomad[oa]|extraíd[oa]) del?\b|^(?:tomad[oa]|extraíd[oa]) del?\b"),
        ("fr", "republié|repris |reproduit|tiré d|avec l|reprise d",
         r"\b(?:republiée?|reproduite?) (?:à partir d|depuis|de|du|avec|sous|par)\b|"
         r"\b(?:article|texte|billet|tribune)\b.{0,20}\b(?:reprise?|tirée?) (?:de|du|d['’])|"
         r"\bavec l['’](?:aimable )?autorisation d[eu]\b"),
        ("de", "übernommen|nachdruck|abdruck|wiederveröffentlich|genehmigung|zweitveröffentlich",
         r"\b(?:artikel|beitrag|text|interview)\b.{0,40}\b(?:übernommen (?:von|aus)|nachgedruckt aus)\b|"
         r"\b(?:nachdruck|abdruck|wiederveröffentlichung|zweitveröffentlichung|übernahme) "
         r"(?:aus|von|des|der|mit)\b|\bmit (?:freundlicher )?genehmigung (?:von|der|des|aus)\b"),
        ("pt", "republicad|reproduzid|retirad|extraíd|com permissão",
         r"\b(?:republicad[oa]|reproduzid[oa]) (?:de|do|da|com|em|a partir d[eoa])\b|"
         r"\b(?:artigo|texto|matéria|notícia)\b.{0,20}\b(?:retirad[oa]|extraíd[oa]) d[eoa]\b"),
        ("it", "ripubblicat|riprodott|ripreso|ripresa da|tratto|tratta da|concessione",
         r"\b(?:ripubblicat[oa]|riprodott[oa]) (?:da|dal|con|per)\b|"
         r"\b(?:articolo|testo|pezzo|intervista|post)\b.{0,20}\b(?:tratt[oa]|ripres[oa]) (?:da|dal|dalla|dal sito)\b|"
         r"^(?:tratt[oa]|ripres[oa]) (?:da|dal|dalla)\b|\bper gentile concessione d[ei]\w*"),
        ("nl", "overgenomen|toestemming", r"\b(?:overgenomen (?:van|uit|met)|met toestemming (?:van|overgenomen))\b"),
        ("da", "tilladelse|tillatelse|tillstånd",
         r"\bmed (?:tilladelse|tillatelse|tillstånd) (?:fra|från|av|af)\b"),
        ("ru", "перепечат|републик|разрешени|взято с|взята с|репост",
         r"\bперепечат\w* (?:из|с)\b|\bрепублик\w* (?:из|с)\b|\bпубликуется с разрешения\b|"
         r"\b(?:стать\w|текст|материал)\b.{0,20}\bвзят[аоы]? (?:с|из)\b|\bрепост (?:из|с)\b"),
        ("uk", "передрук|републік", r"\b(?:передрук\w*|републік\w*) (?:з|із)\b"),
        ("pl", "przedruk", r"\bprzedruk\w*(?: za| z| ze)?\b"),
        ("cs", "převzato|prevzat", r"\b(?:převzato|převzat[ýá]|prevzat[éýá]) (?:z|ze|od)\b"),
        ("tr", "alıntı|izniyle", r"\b(?:alıntı(?:dır|lanmıştır)|izniyle yayınlan\w*)"),
        ("id", "dilansir|dikutip|disadur|dinukil|diambil dari|mengutip",
         r"\b(?:artikel|berita|tulisan) (?:ini )?(?:telah )?(?:dilansir|dikutip|disadur|dinukil|diambil) (?:dari|oleh)\b|"
         r"^\(?(?:dilansir|dikutip|disadur|dinukil|diambil) (?:dari|oleh)\b"),
        ("vi", "đăng lại|trích từ|dẫn lại", r"(?:đăng lại|trích|dẫn lại) (?:từ|theo)"),
        ("ar", "نقلا|نقلاً|منقول|إعادة نشر|أعيد نشر",
         r"(?:نقلا[ً]?|نقلًا) عن|منقول(?:ة)? (?:من|عن)|(?:أعيد|إعادة) نشر\w* (?:من|عن|بإذن)"),
        ("fa", "به نقل از|برگرفته", r"(?:به نقل|برگرفته) از"),
        ("zh", "转自|转载|轉載|轉自|摘自|授权|授權|来自|來自",
         r"(?:转自|转载自|转载于|轉載自|轉自|摘自|摘編自|摘编自|本文来自|本文來自|文章来自|"
         r"(?:转载|轉載)(?:来源|來源)?[：:]|(?:经|獲|经过)?.{0,12}(?:授权|授權)(?:转载|轉載|发布|發布))"),
        ("ja", "転載|引用元", r"(?:より|から|許可を得て|を)転載|転載元"),
        ("ko", "전재|재게재|퍼온", r"(?:전재|재게재|퍼온 글)"),
    )
)  # fmt: skip

# "translated from": a link to the text in the other language must follow.
TRANSLATED = phrases(
    (
        ("en", "translat", r"\btranslat(?:ed (?:from|by)|ion (?:of|from))\b"),
        ("es", "tradu", r"\btraducid[oa] (?:de|del|por)\b|\btraducción (?:de|del|al)\b|\bhemos traducido\b"),
        ("fr", "tradui|traduction", r"\btraduite? (?:de|du|par|depuis)\b|\btraduction (?:de|du|française|par)\b"),
        ("de", "übersetz", r"\bübersetz(?:t|ung) (?:aus|von|des|der|eines)\b"),
        ("pt", "tradu", r"\btraduzid[oa] (?:de|do|da|por)\b|\btradução (?:de|do|da|por)\b"),
        ("it", "tradu|traduzione", r"\btraduzione (?:\w+ )?(?:da|di|dal|del)\b|\btradott[oa] (?:da|dal)\b"),
        ("ru", "перевод|переведено", r"\bперевод(?: статьи)?\b|\bпереведено (?:с|из)\b"),
        ("uk", "переклад", r"\bпереклад(?: статті)?\b|\bперекладено (?:з|із)\b"),
        ("pl", "tłumacz", r"\btłumaczenie\b|\bprzetłumaczon\w* z\b"),
        ("zh", "译自|編譯|编译|翻译自|翻譯自", r"(?:译自|编译自|編譯自|翻译自|翻譯自)"),
        ("ja", "翻訳", r"(?:を|の|より|から)翻訳"),
        ("ar", "ترجم", r"(?:ترجمة|مترجم)(?:ة)? (?:من|عن)?"),
        ("tr", "çevir|çeviri", r"\b(?:çeviri|çevrilmiştir|tercüme)\b"),
        ("id", "diterjemahkan", r"\bditerjemahkan dari\b"),
    )
)  # fmt: skip

# "original article": said of a page, with its address.
ORIGINAL = phrases(
    (
        ("en", "original article|original post|original story|original piece|original source|original publication|original report|original essay|original interview", r"\b(?:read |see |view |visit |find )?(?:the )?original (?:article|post|story|piece|source|publication|report|essay|interview)\b"),
        ("es", "artículo original|texto original|nota original|noticia original|entrevista original|post original|fuente original", r"\b(?:artículo|texto|nota|noticia|entrevista|post|fuente) original\b"),
        ("fr", "article original|texte original|billet original|source original|article d|texte d", r"\b(?:article|texte|billet|source) (?:original|d['’]origine)e?\b"),
        ("de", "originalartikel|originalbeitrag|originaltext|originalquelle|originalinterview|zum original", r"\boriginal(?:artikel|beitrag|text|quelle|interview)\b|\bzum original\b"),
        ("pt", "artigo original|texto original|matéria original|post original|fonte original", r"\b(?:artigo|texto|matéria|post|fonte) original\b"),
        ("it", "articolo original|intervista original|testo original|post original|fonte original", r"\b(?:articolo|intervista|testo|post|fonte) original[ei]\b"),
        ("nl", "origine|oorspronkelijk", r"\b(?:originele|oorspronkelijke) (?:artikel|bericht|tekst|bron)\b"),
        ("ru", "оригинал", r"\bоригинал(?: стать\w| материала| текста| поста| новости)?\b"),
        ("uk", "оригінал", r"\bоригінал(?: статті| матеріалу| тексту)?\b"),
        ("pl", "oryginał|oryginalny", r"\b(?:oryginał|oryginalny (?:artykuł|tekst|wpis))\b"),
        ("id", "artikel sumber|artikel asli|berita asli", r"\b(?:artikel (?:sumber|asli)|berita asli)\b"),
        ("zh", "原文", r"(?:阅读|閱讀|查看)?原文(?:链接|鏈接|連結|地址|出处|網址|网址)?"),
        ("ja", "元記事|原文", r"(?:元記事|原文)"),
        ("ko", "원문", r"원문"),
        ("ar", "المقال الأصلي|النص الأصلي", r"(?:المقال|النص|الخبر) الأصلي"),
        ("tr", "orijinal|özgün", r"\b(?:orijinal|özgün) (?:makale|haber|yazı|metin)\w*"),
    )
)  # fmt: skip

# What stands before a colon and says where the text is from; the second of each pair is a plural,
# which heads a bibliography more often than a credit.
SOURCE_LABELS = frozenset(
    ["source", "fuente", "fonte", "quelle", "textquelle", "bron", "källa", "kilde", "lähde", "źródło", "zdroj", "forrás", "sursa", "sursă", "izvor", "vir", "šaltinis", "avots", "allikas", "font", "kaynak", "kaynağı", "источник", "джерело", "източник", "извор", "крыніца", "πηγή", "sumber", "nguồn", "ที่มา", "แหล่งที่มา", "स्रोत", "المصدر", "مصدر", "منبع", "מקור", "출처", "来源", "來源", "出处", "出處", "稿源", "文章来源", "文章來源", "信息来源", "新闻来源", "本文来源", "出典", "引用元", "情報元", "ソース"]
) | {
    "source link", "original source", "news source", "article source", "sumber berita",
}  # fmt: skip
SOURCE_PLURALS = frozenset(
    [
        "sources",
        "fuentes",
        "fontes",
        "fonti",
        "quellen",
        "bronnen",
        "källor",
        "kilder",
        "źródła",
        "zdroje",
        "источники",
        "kaynaklar",
        "джерела",
        "sumber-sumber",
    ]
)
ORIGINAL_LABELS = frozenset(
    ["original", "originale", "originalartikel", "original-artikel", "originalbeitrag", "оригинал", "оригінал", "oryginał", "原文", "原文链接", "原文鏈接", "原文連結", "原文地址", "原文出处", "転載元", "元記事", "원문"]
) | {
    "original article", "original post", "original story", "original url", "original link",
    "originally posted", "artículo original", "texto original", "noticia original",
    "article original", "lien original", "artigo original", "articolo originale", "link originale",
    "artikel asli", "orijinal haber", "المقال الأصلي",
}  # fmt: skip

# The first words of such link texts in ASCII; where that is not ASCII it is tried in any case.
READ_FIRST = frozenset(
    [
        "please",
        "click",
        "read",
        "continue",
        "keep",
        "see",
        "view",
        "visit",
        "get",
        "full",
        "complete",
        "original",
        "source",
        "lire",
        "leer",
        "ver",
        "seguir",
        "sigue",
        "continuar",
        "weiterlesen",
        "zum",
        "ganzen",
        "den",
        "mehr",
        "originalartikel",
        "leia",
        "continue",
        "ler",
        "leggi",
        "continua",
        "lees",
        "czytaj",
        "baca",
        "lihat",
        "haberin",
        "xem",
    ]
)

# Link texts that lead to the whole of what here is an excerpt or a copy.
READ_ON = re.compile(
    r"(?:please )?(?:click (?:here )?(?:to )?|»+ ?|→ ?)?(?:"
    r"(?:continue reading|keep reading|read(?: more| on)?|see (?:it|this|more))(?: (?:here|it|this|more))?(?: (?:at|on|in|from|over at) .{1,60})|"
    r"(?:continue|keep) reading(?: .{0,80})?|"
    r"(?:read|view|see|continue to|click for|visit|get)(?: the)? (?:full|whole|entire|complete|rest of(?: the| this)?|remainder of(?: the)?|original|source(?= \w))"
    r"(?: (?:news |blog |press )?(?:article|story|post|piece|text|entry|item|version|release|interview|column|essay|here))?(?: (?:here|(?:at|on|in|from|over at|via) .{1,60}))?|"
    r"(?:full|complete|original|source) (?:article|story|post|text|link|press release|url|source)|"
    r"source link|next page|"
    r"lire (?:la suite|l['’]article(?: (?:complet|original|entier|en entier))?|l['’]original)(?: .{0,50})?|"
    r"(?:leer|ver|seguir leyendo|sigue leyendo|continuar leyendo)(?: (?:el|la|más|nota|noticia|artículo|texto))?(?: (?:artículo|noticia|nota|texto|en))?(?: (?:completo|completa|original|.{1,50}))?|"
    r"(?:weiterlesen|zum (?:original|ganzen|vollständigen) ?(?:artikel|beitrag)?|(?:ganzen|vollständigen) artikel lesen|den (?:ganzen|vollständigen) (?:artikel|beitrag).{0,20}|mehr lesen|originalartikel)(?: .{0,50})?|"
    r"(?:leia|continue lendo|ler|ver)(?: (?:o|a|mais))? ?(?:artigo|matéria|texto|notícia)? ?(?:completo|completa|original|na íntegra).{0,40}|"
    r"(?:leggi|continua a leggere|continua)(?: (?:l['’]articolo|tutto|il resto|la notizia|su)).{0,50}|continua a leggere.{0,50}|"
    r"lees (?:verder|meer|het (?:hele|volledige|originele) artikel).{0,40}|"
    r"(?:читать|подробнее|читайте)(?: (?:далее|дальше|полностью|полный текст|оригинал|полную версию|статью полностью)).{0,40}|"
    r"czytaj (?:dalej|więcej|całość|oryginał).{0,40}|"
    r"(?:devamını|haberin devamını|yazının devamını) oku.{0,30}|"
    r"(?:baca|lihat)(?: (?:selengkapnya|artikel (?:asli|selengkapnya|lengkap)|berita selengkapnya)).{0,40}|baca selengkapnya.{0,40}|"
    r"(?:xem|đọc) (?:thêm|tiếp|toàn bộ|bài gốc).{0,40}|"
    r"(?:اقرأ|إقرأ|لقراءة|تابع)(?: (?:المزيد|المقال|بقية|القراءة|الخبر)).{0,40}|"
    r"(?:>>> ?)?(?:继续阅读|繼續閱讀|阅读全文|閱讀全文|查看全文|阅读原文|閱讀原文|查看原文|原文链接|全文阅读).{0,60}|"
    r"(?:続きを読む|続きはこちら|全文を読む|元記事(?:を読む|はこちら)?).{0,40}|"
    r"(?:원문 보기|전문 보기|계속 읽기|원문보기).{0,30}"
    r")(?: ?(?:»+|›+|→|>+|…|\.{2,3}|\]|here))*"
)
