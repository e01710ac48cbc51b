"""People in a sentence that is published: none keeps a name, and none has a figure of their own.

What belongs here: what may stand in a published sentence as the name of a body, a place or an
account, and the wordings by which a figure is one person's. Whatever else looks like a name is
hidden: to hide a body's name is a loss, to show a person's is a breach. Who said a figure is read
in `speakers.py`; nothing here changes what a rule reads.
"""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from orchestration.claims import attributions, speakers
from orchestration.claims.outlets import CHINESE_NAME as CHINESE_OUTLET
from orchestration.claims.places import ENGLISH_PLACES
from orchestration.cleaning.identity import bodies_among
from orchestration.linking.places import PLACES

MASK = "[…]"
_MASKED = re.escape(MASK)

# -- names in Latin letters -------------------------------------------------------------------
_UPPER = "".join(c for c in map(chr, range(0x41, 0x2000)) if c.isupper())
_LATIN = r"[^\W\u3400-\u9fff]"
_CAPITAL = rf"(?<!{_LATIN})(?<![@＠])[{_UPPER}](?:{_LATIN}|['’.\u0300-\u036f-])*(?<![.'’-])"
_PARTICLE = r"(?:van|von|de|den|der|del|da|di|du|la|le|el|al|bin|ibn|y)"
_RUN = re.compile(rf"{_CAPITAL}(?:(?:\.?\s+|\.)(?:{_PARTICLE}\s+){{0,2}}{_CAPITAL})*")
"""Words with a capital letter one behind the other, initials and particles between them too."""
_TOKEN = re.compile(_CAPITAL)
_POSSESSIVE = re.compile(r"['’]s?$")
_BEGINNINGS = """
a about above according accounts across additionally after again all almost already also
although altogether among an and annually another any approximately are around as at average
because before behind being below beside besides between beyond both but by combined compared
currently daily data depending despite down during each earlier eight eighteen eighty eleven
every excluding fans few fewer fifteen fifty figures first five followers following for forty
four fourteen from full further had half has have he her here high his how however hundreds i if
in including individual inside instead into is it its just last late later launched less like
many meanwhile messages microblog microbloggers microblogs millions monthly more moreover most
nationwide nearly neither never new next nine nineteen ninety no none nor not now of off on once
one only opened or other others our out over overall part posts previously readers recently
roughly second seven seventeen seventy several she since six sixteen sixty small so some soon
started statistics still such ten tens than that the their then there these they third thirteen
thirty this those though thousands three through thus to together total twelve twenty two under
unlike until up updates upwards using verified visitors we weekly what when where whether which
while who whose why with within without yearly yet you your
"""
"""How sentences begin."""
_OF_BODIES = """
agencies analysts anti bodies branch cadres central chinese citizens civil commerce
communication communist complaints culture cyberspace democracy deputy development diplomacy
diplomatic diplomats discipline district east economic education emergency english environment
environmental exchange experts faculty family federal finance fire food foreign fund general
global governance grassroots health high higher human industry information inspection
intermediate international internet investigation judges judicial justice labor labour land
league legal local mainland management marine meteorological metropolitan military ministries
ministry municipal museum national netizens north northeast northwest observatory officers
official officials online organs palace party people people's peoples petition policy politburo
political politics population procuratorate procuratorates propaganda provincial public
publicity radio railway railways region regional relations release renmin research researchers
residents rights safety science sciences securing security senior social society south southeast
southwest special spokespeople sports standing state strategic studies supervision supreme tax
taxation technology top tourism town trade traffic transport transportation urban users vice
village water weather west women women's work workers world youth
"""
"""Whom figures count, and what bodies call themselves."""
_COUNTRIES_AND_DAYS = """
africa african america american apr april asia asian aug august australia australian autonomous
boston brasilia britain british canada canadian china dec december delta england europe european
feb february festival france french friday german germany han hong india indian inner jan
january japan japanese jul july jun june kashgar kingdom kolkata kong korea korean london macao
macau mar march may monday mongol mongolia mongolian moscow nov november oct october oxford
paris pearl pretoria queensland republic river russia russian saturday sep sept september
singapore spring states sunday taiwan thursday tibet tibetan tokyo tuesday u.s uk un united us
uygur washington wednesday yangtze
"""
"""Names of countries, languages, days."""
_COMPANIES_AND_OUTLETS = """
academy afp alibaba ap app apps baidu bbc bilibili bloomberg business byte bytedance cag caijing
caixin cctv cgtn chinanews chutian cnn cnnic co corp cpc cppcc dance dazhong douyin ecns
economist evening express facebook financial fudan gdp hootsuite icp inc instagram jiao kuaishou
ltd modern morning mps netease newsweek ngo ngos northern npc npr peking qq renmin reuters
shandong sina sixth sohu southern southwest tencent tiktok tone tong toutiao tsinghua twitter
wechat weekend weibo weixin xinhua xinhuanet xinmin yangcheng youtube
"""
"""Platforms, companies, universities, outlets, abbreviations."""
_ACCOUNTS_OF_BODIES = """
day paper peaceful ping'an pingan safe waijiao xiaolingtong
"""
"""Accounts of bodies."""
_WORDS = frozenset(
    (
        _BEGINNINGS
        + _OF_BODIES
        + _COUNTRIES_AND_DAYS
        + _COMPANIES_AND_OUTLETS
        + _ACCOUNTS_OF_BODIES
    ).split()
)
"""Words of a sentence in which names are looked for that may be shown, in small letters."""
_HEADS = re.compile(
    r"(?:ministry|department|bureau|office|station|substation|sub-station|cent(?:er|re)|institute|association|"
    r"committee|commission|administration|council|court|procuratorate|brigade|university|academy|college|school|"
    r"agency|fund|foundation|alliance|group|corp|corporation|service|hospital|district|county|city|province|"
    r"prefecture|town|township|village|museum|embassy|consulate|lab|laboratory|company|union|detachment|squad|"
    r"federation|league|congress|headquarters|authority|division|customs|daily|times|news|post|weekly|magazine|"
    r"herald|tribune|gazette|chronicle|journal|express|telegraph|government|police)s?",
    re.IGNORECASE,
)
"""The last word of a name that is a body's, an outlet's or a place's."""
_JOINS = "and although as at but by for from if in of on since the though to when while with"
_JOINING = frozenset(_JOINS.split())
"""Known words that stay beside a hidden one; others may be a part of the name: April, West, An."""
_NOT_IN_BODIES = re.compile(
    r"\b(?:officer|mr|mrs|ms|dr|judge|captain|inspector|sergeant|professor|chief|director|head)\b",
    re.IGNORECASE,
)
_OFFICE = (
    r"(?:[Ss]pokes(?:man|woman|person)|[Dd]irector|[Cc]hief|[Hh]ead|[Oo]fficer|[Pp]olice(?:man|woman)|"
    r"[Cc]aptain|[Ii]nspector|[Ss]ergeant|[Ss]uperintendent|[Cc]ommissioner|[Cc]ommander|[Ss]ecretary|"
    r"[Mm]inister|[Mm]ayor|[Gg]overnor|[Pp]rofessor|[Rr]esearcher|Mr\.?|Mrs\.?|Ms\.?|Dr\.?)"
)
_NAME_BY_OFFICE = r"[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+){0,2}"
_NAMED_BY_OFFICE = (
    speakers.PINYIN_NAME,
    re.compile(rf"(?P<ahead>\b{_OFFICE}\s+){_NAME_BY_OFFICE}"),
    re.compile(
        rf"(?P<ahead>){_NAME_BY_OFFICE}(?=,\s+(?:(?:a|an|the|deputy|vice|then)\s+)?(?:[\w-]+\s+){{0,3}}{_OFFICE}\b)"
    ),
)
"""Names that are words too: Sergeant Young."""

# -- names in Chinese -------------------------------------------------------------------------
_MORE_SURNAMES = (
    "安鲍毕卞岑柴车成池储褚楚丛崔党狄翟刁丁窦杜樊费丰封凤伏符甘高葛耿宫巩苟古谷顾关管桂哈海"
    "郝贺洪侯胡花华怀宦霍姬嵇吉纪季冀简江焦金晋靳荆井景鞠阚康柯孔寇匡况邝来兰蓝郎劳乐冷黎厉利励栗"
    "连廉练梁凌柳隆娄卢鲁鹿路栾罗骆马麦满茅梅蒙糜米苗缪闵明缪莫牟穆那南倪聂宁牛钮欧潘庞裴彭蓬皮平蒲濮朴戚漆齐祁"
    "强乔谯屈渠瞿全冉饶荣容阮芮桑沙山单尚佘申慎盛施时石舒束双司松宿随太谈覃檀陶滕佟童涂屠宛危韦卫魏闻翁巫邬伍"
    "席习郗奚洗冼相向项辛邢幸胥徐许宣薛荀燕羊阳仰么伊羿应游于俞虞宇郁喻元岳云宰臧迮曾查詹湛章甄支仲诸竺祝庄卓邹祖左"
)
_COMPOUND = (
    r"(?:欧阳|司马|上官|诸葛|司徒|东方|独孤|南宫|夏侯|皇甫|尉迟|公孙|慕容|令狐|宇文|"
    r"长孙|司空|端木|百里|呼延)"
)
_NAMED = rf"(?:{_COMPOUND}|[{speakers.SURNAMES}{_MORE_SURNAMES}])[\u4e00-\u9fff]{{1,2}}"
_ROLES_TOLD = speakers.CHINESE_ROLE.pattern.replace("警官", "警官(?!方|微|网)").replace(
    "会站组]长", "站组]长"
)
"""交警官方微博 is of no 警官, 省会长沙 of no 会长."""
_ROLE = (
    rf"(?:{_ROLES_TOLD}|"
    r"(?:网|交|女|男|刑|片|巡|特|辅|协|户籍|社区|治安|狱|老|新|武|法|铁路|乘|骑|户籍民|片儿)警(?!方|察|务|官方|官微|官网|支|大|总|中)|狱警|协警|辅警|"
    r"法官|检察官|书记员|审判员|法警|调解员|消防员|战士|大使|领事|参赞|外交官|公务员|干部|科员|办事员|接线员|"
    r"通讯员|志愿者|医生|护士|老师|校长|秘书|助理|顾问|作家|演员|主持人|创始人|负责人|经理|同志|站长|管理员|运营者|(?<!省)会长|"
    r"指导员|教导员|内勤|所长|队长|主播|网红|达人|硕士|博士|学生)"
)
_OWN = r"(?:的|个人|实名|新浪|腾讯|认证|加[Vv]|抖音|快手|私人|工作)*"
_PAGES = r"(?:微博|粉丝|账号|帐号|微信|公众号|抖音|快手|围脖|头条号|博客)"
_SAYS = r"(?:表示|介绍|告诉|透露|说|坦言|称|指出|认为|回忆|笑言|解释|强调|补充|回应)"
_NO_NAME = (
    r"(?:[^，。；]{0,3}?(?:[了的在从于对向与及已有共通为将把被用会上中不也都还者们方处局厅科队院部所网报台社警]|"
    r"微博|开通|开设|巡查|统计|获悉|发现|咨询|职工|群众|注意|梳理|采访|认证|查询|走访|随机|现场|留言|投诉|关注|评论|留意|实名|粉丝|账号|官方|新浪|腾讯|政务|公安|平安|记者|多名|余名|[一二三四五六七八九十百千万亿\d]))"
)
_BARE = (
    r"(?:(?!的?"
    + _PAGES
    + r"|"
    + _SAYS
    + r"|[了的在从于对向与及已共将把被用们])[\u4e00-\u9fff]){2,5}?"
)
_BODY_ENDS = (
    r"(?:[校院警方局厅网报台区县市省州部队所会社团司科处室村镇]|公安|平安|政府|微博|官方|关停|注销|开通|群众|网友|人士|领导|上海|"
    r"机构|机关|单位|法院|发布|认证|政务|平台|系统|民警|组织|系|家|人|名|位|个|条|次|年|月|日|时|后|前|中|上|下)"
)
_HAN_DOT = r"[·•‧・∙●⋅．ꞏ]"
_ZH_CERTAIN = (
    # a name of several parts: 阿不都热合曼·买买提
    re.compile(
        rf"(?P<ahead>{_ROLE}|(?<![\u4e00-\u9fff])|[的是为由])"
        rf"(?:(?!{_ROLE})[\u4e00-\u9fff]){{1,10}}?(?:\s?{_HAN_DOT}\s?(?:(?!的?{_PAGES}|的|在|{_SAYS}|有|已)[\u4e00-\u9fffA-Za-z]){{1,8}})+"
    ),
    re.compile(
        rf"(?P<ahead>)[\u4e00-\u9fff]{{1,8}}{_HAN_DOT}(?:(?!的|在|{_SAYS})[\u4e00-\u9fff]){{1,8}}"
    ),
    # behind an office, with a surname, or with any name where something tells it to be one
    re.compile(
        rf"(?P<ahead>{_ROLE}(?:[（(]|[:：])?\s?)(?!{_PAGES}|{_SAYS}|方面)(?:{_NAMED})(?:[\s、和]+{_NAMED})*"
    ),
    re.compile(
        rf"(?P<ahead>{_ROLE}\s?)(?!{_NO_NAME}){_BARE}(?=的?{_OWN}{_PAGES}|{_SAYS}|[，、。”）(（]|$|在|拥有|开通)"
    ),
    # before an office
    re.compile(
        rf"(?P<ahead>){_NAMED}(?<![和与及的等名位余个])(?=(?:副?[局厅部处科队所]长|政委|民警|警官(?!方|微|网)|警员|干警|先生|女士|教授|主任|法官|检察官|警长|老师|同志))"
    ),
)
_ZH_LIKELY = (
    # behind the name of a body, or anywhere before what is somebody's
    re.compile(
        rf"(?P<ahead>(?:[局厅处科队所院部]|警方|公安|室|中心))(?!方面)(?P<name>{_NAMED})"
        rf"(?={_OWN}{_PAGES}|{_SAYS})"
    ),
    re.compile(
        rf"(?P<ahead>)(?P<name>(?:(?<![\u4e00-\u9fff])|(?<=[的是由]))[{speakers.SURNAMES}{_MORE_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?={_OWN}{_PAGES}|{_SAYS}|拥有|坐拥|已?有粉丝|已?有\d)"
    ),
    re.compile(
        rf"(?P<ahead>)(?P<name>[{speakers.SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=的{_OWN}{_PAGES}|表示|介绍|告诉)"
    ),
    # 小李, 老王
    re.compile(
        rf"(?P<ahead>)(?P<name>[小老阿][{speakers.SURNAMES}])(?=的|在|{_SAYS}|{_PAGES}|[，。、])"
    ),
)
_NO_PERSON_ZH = re.compile(
    rf".*{_BODY_ENDS}|(?:{'|'.join(PLACES)}).*|{CHINESE_OUTLET}|.*(?:大学|高校|高院|方面)|全[国省市县州区].*"
)
"""What begins like a surname and is none."""

# -- handles ----------------------------------------------------------------------------------
_QUOTED = r"(?:[“「『\"‘]|(?<=\s)')[^”」』\"’']{1,30}[”」』\"’']"
_HANDLE = re.compile(
    rf"(?P<ahead>[@＠])(?P<name>[\w·-]{{1,30}})"
    rf"|(?P<ahead2>(?:微博|网|账号|帐号|昵|用户|博)(?:名称?|称|号|ID)(?:为|是|叫|叫做|：|:)*\s?|(?:昵称|网名|名为|名叫|叫做|署名|(?<![A-Za-z])ID(?![A-Za-z]))(?:为|是|：|:)?\s?)"
    rf"(?P<name2>{_QUOTED}|[^\s，。；）)“”]{{1,16}})"
    rf"|(?P<ahead3>\b(?:named|called|nicknamed|dubbed|titled|known\s+as|as|name|handle|account|microblog|blog|ID|nickname|screen\s+name)\s*,?\s*)(?P<name3>{_QUOTED})"
    rf"|(?P<ahead4>)(?P<name4>{_QUOTED})(?=的?{_OWN}{_PAGES})",
    re.IGNORECASE,
)
_A_BODYS = re.compile(
    r"公安部打四黑除四害|外交部发言人办公室|外交小灵通|领事直通车|国资小新|"
    r"网警巡查执法|人民日报|新华社|央视新闻"
)
"""Names of bodies' accounts that are not built like one."""
_BODYS_LATIN = (
    "police fire city gov government court courts traffic pingan safe mps weather tourism info "
    "official weibo online ping'an peaceful china boston london county district bureau "
    "security rail metro news _"
)
_A_BODYS_LATIN = re.compile(
    rf"(?:{'|'.join([*_BODYS_LATIN.split(), *(p.replace(' ', '') for p in ENGLISH_PLACES)])})+",
    re.IGNORECASE,
)
"""shanghaicity, HaikouFire: nothing but places and words of bodies."""

# -- figures of one person's own --------------------------------------------------------------
_PAGES_EN = (
    r"(?:micro-?\s?blogs?|blogs?|weibo|accounts?|pages?|posts?|tweets?|"
    r"followers|fans|twitter|feed|channel|wechat|douyin)"
)
_ONE = (
    r"(?:spokes(?:man|woman|person)|director|chief|head|officer|official(?=\s*(?:[,.;'’]|who\b|in\b|from\b|has\b|had\b|$))|policeman|policewoman|cop|professor|"
    r"minister|mayor|governor|secretary|captain|inspector|sergeant|superintendent|commissioner|commander|"
    r"judge|prosecutor|diplomat|ambassador|consul|blogger|lawyer|teacher|firefighter|deputy|leader|clerk)"
)
_WHO = (
    rf"(?:{_MASKED}|\b(?:an?|one|the|this|that|[A-Z]\w+)\s+(?:[\w-]+\s+){{0,4}}?{_ONE}\b"
    rf"(?:\s+(?:in|from|of|with|at|for)\s+[^,;.]{{1,50}}?)?)"
)
_HAS = (
    r"(?:has|had|have|having|boasts?|boasted|attract(?:s|ed)|gain(?:s|ed)|rack(?:s|ed)\s+up|dr[ae]ws?|drew|w[oi]ns?|won|"
    r"post(?:s|ed)|wrote|written|publish(?:es|ed)|amass(?:es|ed)|collect(?:s|ed)|earned|garner(?:s|ed)|accumulated|lost|got|"
    r"enjoys|commands|is\s+followed|was\s+followed)"
)
_MINE_EN = (
    rf"{_WHO}['’]s?\s+(?:[\w'’-]+\s+){{0,4}}?{_PAGES_EN}\b",
    rf"\b(?:his|her|my)\s+(?:[\w'’-]+\s+){{0,4}}?{_PAGES_EN}\b",
    rf"\b{_PAGES_EN}\s+(?:\w+\s+){{0,2}}(?:of|by|for|behind|to)\s+{_WHO}",
    rf"{_WHO}(?:\s+of\s+[^,;.]{{1,40}}?)?(?:,?\s+(?:an?|the|who|from|of|with|in|whose|deputy|head|chief)\b[^;.]{{0,120}}?)?,?\s+(?:who\s+)?(?:now\s+|already\s+|also\s+|alone\s+|has\s+|had\s+)*"
    rf"{_HAS}\b(?!\s+that\b)[^;.]{{0,80}}?(?:followers|fans|posts|tweets|weibo|messages|people|reads|views|comments|times)\b",
    rf"^(?:With|At)\b[^;.]*?,\s+{_WHO}(?!\s+(?:said|says|told))",
    rf"\bfollow(?:s|ed|ing)?\s+(?:\w+\s+)?{_WHO}",
)
_SINGLE = r"(?:(?:一|这|该(?![市县区省])|那|某|本|女)[位名个]?|其中[一有]?[位名])"
_MINE_ZH = (
    rf"{_MASKED}[^，。；\d]{{0,6}}?{_OWN}{_PAGES}",
    rf"{_MASKED}，其?{_OWN}(?:微博|账号|帐号)的?粉丝",
    rf"[他她我](?:本人)?{_OWN}(?:官方)?{_PAGES}",
    rf"{_SINGLE}[^，。；\d]{{0,14}}?{_ROLE}[^，。；\d]{{0,8}}?{_PAGES}",
    rf"(?:[局厅部省市县区处科队所院校会站组镇乡州][长]|书记|主任|政委|委员){_OWN}(?:微博|粉丝|账号|帐号)",
    rf"{_MASKED}(?:[（(][^）)]*[）)])?(?:，[^，。；]{{0,24}}，)?(?!{_SAYS})[^，。；]{{0,16}}?(?:拥有|已有|有|吸引|收获|圈粉|发布|发了?|坐拥|积累|获得?|涨粉|更新|写)[^，。；]{{0,20}}?(?:粉丝|关注|听众|微博|条|阅读|点赞|博文)",
    rf"{_PAGES}[^，。；]{{0,8}}(?:主人|博主|机主)是?{_MASKED}",
)
_WHOSE = re.compile(rf"\bwhose\s+(?:[\w'’-]+\s+){{0,4}}?{_PAGES_EN}\b", re.IGNORECASE)
_MINE = re.compile("|".join((*_MINE_EN, *_MINE_ZH)), re.IGNORECASE)
_OF_MANY = ("accounts", "users", "share")
"""What is counted of many, also where the sentence tells of one person beside."""


def without_people(sentence: str) -> str:
    """A sentence in which nobody has a name: neither who speaks, nor who is named by an office,
    nor what else looks like a name, nor an account that is not called like a body's."""
    return _HANDLE.sub(_handle, _without_names(sentence))


def is_of_one_person(sentence: str) -> bool:
    """Whether a sentence tells of the account of one person: how many follow it, what it posts."""
    masked = _without_names(sentence)
    return (
        _HANDLE.sub(_handle, masked) != masked
        or _MINE.search(masked) is not None
        or _is_whose(masked)
    )


def _is_whose(masked: str) -> bool:
    """Whether it is a person whose microblog it is: of a ministry, whose microblog it is, not."""
    for match in _WHOSE.finditer(masked):
        ahead = masked[: match.start()].rstrip(" ,")
        last = re.search(r"[\w'’-]*$", ahead)
        if _speaks_of_one(ahead) or not (last and _is_noun(last[0])):
            return True
    return False


def is_own_figure(metric: str, sentence: str) -> bool:
    """Whether a figure may be one person's own, so that it is not published."""
    return not metric.startswith(_OF_MANY) and is_of_one_person(sentence)


def is_bodys_account(name: str) -> bool:
    """Whether an account is called like a body's; any other may be a person's."""
    bare = name.replace("’", "'").strip("@＠“”「」『』\"‘’' ")
    is_known = _A_BODYS.fullmatch(bare) or _A_BODYS_LATIN.fullmatch(bare.replace(" ", ""))
    return is_known is not None or len(bodies_among(pl.Series([bare]))) > 0


def _without_names(sentence: str) -> str:
    masked = _without_speakers(sentence)
    for pattern in (*_NAMED_BY_OFFICE, *_ZH_CERTAIN):
        masked = pattern.sub(rf"\g<ahead>{MASK}", masked)
    for pattern in _ZH_LIKELY:
        masked = pattern.sub(_likely, masked)
    return _RUN.sub(_latin, masked)


def _without_speakers(sentence: str) -> str:
    masked = sentence
    is_chinese = re.search(r"[\u4e00-\u9fff]", sentence) is not None
    for match in speakers.said_by(sentence, is_chinese):
        who = attributions.source_of(match["who"])
        speaker = speakers.kind_of(who)
        if speaker.kind == "person" or (speaker.kind == "unclear" and who):
            masked = masked.replace(who, f"{speaker.name or ''}{MASK}")
    return masked


def _likely(match: re.Match[str]) -> str:
    return match[0] if _NO_PERSON_ZH.fullmatch(match["name"]) else f"{match['ahead']}{MASK}"


def _latin(match: re.Match[str]) -> str:
    """A run of capitalised words with its unknown ones hidden."""
    run = match[0]
    tokens = list(_TOKEN.finditer(run))
    hidden = _hidden([token[0] for token in tokens])
    shown, end = "", 0
    for place, token in enumerate(tokens):
        if not hidden[place]:
            shown += run[end : token.end()]
        else:
            if not (place and hidden[place - 1]):
                shown += run[end : token.start()] + MASK
            if possessive := _POSSESSIVE.search(token[0]):
                shown += possessive[0]
        end = token.end()
    return shown + run[end:]


def _hidden(words: list[str]) -> list[bool]:
    """Which words of a run are hidden: unknown ones that no name of a body ends."""
    hidden = [not _is_known(word) for word in words]
    if len(words) == 1:
        return [hidden[0] and len(words[0]) > 1]
    start = 0
    for place, word in enumerate(words):
        if _HEADS.fullmatch(_bare(word)) and not _NOT_IN_BODIES.search(
            " ".join(words[start:place])
        ):
            hidden[start : place + 1] = [False] * (place + 1 - start)
        if _POSSESSIVE.search(word) and not _is_known(word):
            start = place + 1
    unknown = list(hidden)
    for place, word in enumerate(words):
        beside = unknown[max(0, place - 1) : place + 2]
        hidden[place] = hidden[place] or (any(beside) and not _stays(word))
    return hidden


def _stays(word: str) -> bool:
    """Whether a word beside a hidden one is no part of a name."""
    bare = _bare(word)
    return bare in _JOINING or bare in _places() or _is_noun(word)


def _is_noun(word: str) -> bool:
    """Whether a word says what a body, a person or an outlet is."""
    own = _POSSESSIVE.sub("", word)
    patterns = (speakers.BODY, speakers.PEOPLE, _HEADS, speakers.OUTLET_WORDS)
    return any(pattern.fullmatch(own) for pattern in patterns)


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word).replace("’", "'").casefold()


@cache
def _is_known(word: str) -> bool:
    """Whether a word is part of a body's, a place's, an outlet's name, or begins sentences."""
    bare = _bare(word)
    if bare in _WORDS or word.replace("’", "'").casefold() in _WORDS or bare in _places():
        return True
    parts = [part for part in re.split(r"[-.]", word) if part[:1].isupper()]
    if len(parts) > 1 or (parts and parts[0] != word and _bare(parts[0]) != bare):
        return all(_is_known(part) for part in parts)
    singular = bare.removesuffix("s")
    return _is_noun(word) or singular in _WORDS


@cache
def _places() -> frozenset[str]:
    return frozenset(word.casefold() for place in ENGLISH_PLACES for word in place.split())


def _speaks_of_one(masked: str) -> bool:
    """Whether a sentence speaks of a person, hidden or by office."""
    return MASK in masked or _PERSON.search(masked) is not None


_PERSON = re.compile(rf"{_ROLE}|[他她]|\b(?:he|she|his|her|him|who)\b|\b{_ONE}\b", re.IGNORECASE)


def _handle(match: re.Match[str]) -> str:
    for end in ("", "2", "3", "4"):
        if (name := match[f"name{end}"]) is not None:
            ahead = match[f"ahead{end}"]
            is_kept = MASK in name or is_bodys_account(name) or _is_officially(match)
            return match[0] if is_kept else f"{ahead}{MASK}"
    return match[0]


_OFFICIALLY = re.compile(
    r"(?:[局厅部委院队所]|警方|政府)的?(?:官方|政务)(?:新浪|腾讯)*(?:微博|微信|账号|公众号)$"
)


def _is_officially(match: re.Match[str]) -> bool:
    """Whether an account is said to be the official one of a body, where nobody is spoken of."""
    ahead = match.string[: match.start()]
    return _OFFICIALLY.search(ahead) is not None and not _speaks_of_one(match.string)
