"""What an account in scope is: kind, level and region by rules, each with the words it rests on.

A rule says in which order it is asked, whose verification it fits, which text it reads and what
it gives. The first that fits decides, and leaves its id and the words it matched as evidence.
What a register, a declaration or a file says of an account itself is never overruled. A rule for
people matches words of their post, never a name: the words of the evidence are published.
Levels come from posts, ranks of bodies and codes of regions, never from numbers of followers.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from orchestration.cleaning.regions import are_places, level_of, named_regions, without_places
from orchestration.cleaning.rows import ensure

NAME, REASON = "screen_name", "_verified_reason"

_CALLED = "_called"
"""The name, or the one that the account is known by instead of an id."""

PERSONS = ("-1", "0", "10", "200", "220", "400")
"""verified_type of people: not verified, verified by name, and the ranks of well-known users."""
GOVERNMENT, PERSON, MEDIA = "1", "0", "3"
"""verified_type of government accounts, of people verified by name, and of media."""
UNTOLD = None


def _any(*words: str) -> str:
    """A pattern of alternatives; words of a line are set apart by spaces."""
    return "|".join(word for line in words for word in line.split())


OFFICER_POST = _any(
    "民警 警官 警察 [交刑特巡狱网铁女骑辅协乘]警 缉毒警 片儿?警 户籍警 警长 警员",
    "派出所 看守所 拘留所 公安(?:局|厅|部|处|分局) 法医",
)
"""A verified person whose reason names a police post is an officer."""
_LEADER = _any("[局处所队厅科站部]长 政委 教导员 指导员 侦查员 [处科]员 主任")
_LEADS_POLICE = (
    f"(?:公安|禁毒|边检|交管|出入境|治安|刑侦|经侦|反诈|警)[^，,。；;、 ]{{0,14}}(?:{_LEADER})"
)
"""Likewise one with a post in a body of the police; what stands between may be a name."""
_OFFICER_NAME = _any(
    "民警 警官 警花 警嫂 警察 警长 警员 片儿?警 户籍警 法医",
    "[交刑特巡狱网铁女骑辅协乘]警 缉毒警 公安(?:局|厅|处|分局)?副?[局厅处]长 派出所副?所长",
)
"""A name with such a word is a person's, unless it is built like the name of a body."""
_POLICE = _any(
    "公安 派出所 警方 警务 警事 警察 警民 警讯 警营 警视 警博 警声 警苑",
    "[交刑特网巡骑铁女民]警 交管 车管所? 边检 出入境 移民管理 看守所",
    "禁毒 反诈 治安 刑侦 经侦 预审 警航 110",
)
"""With such a word an account speaks of the police."""
_UNIT_END = _any(
    "公安局 分局 公安[厅处部] 派出所 [总支大中]队 车管所 看守所 戒毒所 警务[室站区] 边检总?站 总站",
)
"""What ends so is a unit, whatever stands before."""
_OFFICE_END = _any(
    "管理[局处所] 委员会 指挥部 办公室 中心 研究所 学院 协会 基金会",
)
"""What ends so is a body where a place stands at its head; others call their blogs so."""
_TOLD_END = _any(
    "在线 发布 平台 之家 之窗 官方 官微 微博 直通车 巡查执法 速报 辟谣 网 报 家园 微警务"
)
_POLICE_WORD = _any(
    "公安 警方 警务 警事 警民 警讯 警营 警视 警博 警声 警苑 民警 警察 出入境 移民管理 边检",
    "交管 反诈 禁毒 治安 刑侦 经侦 网安 预审 警航 110 交巡警 巡特警 [交刑特巡网铁骑]警 车管",
    "网络 安全 宣传 交通 高速 铁路 机场 公交 地铁 水上 轨道 森林 反邪教 警犬 校园 情报 指挥 执法",
)
_PUBLIC_WORD = _any(
    _POLICE_WORD,
    "政府 人民 政务 政法 检察 法院 司法 监狱 民政 应急 消防 救援 气象 地震 台网 卫生 健康 卫健",
    "疾控 教育 人社 税务 环保 生态 环境 城管 运输 文旅 旅游 共青团 妇联 工会 纪委 监委 网信 信访",
    "外事 审计 财政 发改 商务 市场监管 药监 水利 水务 农业 林业 互联网 联合 预防 控制 管理 食品",
    "药品 国资 医保 供电 电力 新闻办? 广播 电视台? 日报 晚报 晨报 早报 时报 频道 卫视 财经 国际",
    "评论 12345 委 局 厅 办 院 署",
)
"""Of such words, behind a place, a body's name is made."""
_CALLED_PLACE = r"^\p{Han}{1,4}[省市县区]|^(?:中国|国家|全国|中央|最高|首都机场|公安部)"
"""What is as good as a place at the head of a name."""
_ADDRESSED = r"[老小阿]\p{Han}"
_PERSONAL = _any(
    f"^{_ADDRESSED} [哥姐叔爷] 说 聊 侃 先生 女士 博主",
    f"(?:{_OFFICER_NAME})(?:{_LEADER})",
)
"""How people call themselves and each other."""
_SURNAME = (
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕"
    "丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
    "覃武戴莫孔向汤]|欧阳|上官|司马|诸葛|尉迟|皇甫"
)
"""The hundred most frequent surnames and the usual ones of two characters."""
_NO_PERSONS = _any(
    "高速 高铁 高警 高新 高校 高峰 金盾 金融 方圆 方正 江湖 江南 江北 江东 江西 江警 马路 马拉松",
    "白云 万家 石油 石化 龙江 龙警 雷达 雷霆 武警 武装 陆警 黄河 任务 向导 向前 严打 史志 范儿",
    "钱塘 金普 老城",
)
"""Words that begin like a surname."""
_BODY_WORD = _any(
    "博物馆 纪念馆 档案馆 体育馆 史馆 突击队 战队 飞虎队 车队 分队 乐队 编队 巡逻队 仪仗队 篮球队",
    "足球队 总队 支队 大队 中队 大学 学校 学院 警校 培训 训练 基地 俱乐部 乐团 艺术团 文工团 公司",
    "合唱团 风采 风貌 英姿 之声 之友 之歌 之窗 文化 文联 体协 摄影 书画 杂志 画报 周刊 资讯 动态",
    "热线 课堂 讲堂 学堂 驿站 论坛 服务",
)
"""What bodies, their units and their papers are called behind the word of the trade."""
_SINGLE_OFFICERS = _any(
    "民警 警[官花嫂察长员] [女辅协狱乘]警 片儿?警 户籍警 缉毒警 法医",
    "公安(?:局|厅|处|分局)?副?[局厅处]长 派出所副?所长",
)
"""Words of the trade that mean one person and hardly a body."""
_PERSON = rf"[老阿]\p{{Han}}|[小大](?:{_SURNAME})|(?:{_SURNAME})\p{{Han}}{{1,2}}"
"""What may be a person's name beside the word of a trade, or how colleagues call one."""
_DIARY_END = _any("的 日[记志] [手笔]记 随笔 博客 说 讲 聊 谈")
"""What people call their accounts behind their own names."""
_SAFE_PLACE = "^平安"
_INSURER = (
    "^平安(?:$|"
    + _any("保险 银行 人寿 证券 科技 信托 普惠 好医生 健康 金融 集团 养老 产险 车险 夜 喜乐 是福")
    + ")"
)
"""What 平安 begins when it is no place kept safe."""
_DISTRICT_OFFICE = r"^\p{Han}{2,4}分局"
_CENTRAL_OUTLET = _any(
    "人民(?:日报|网|公安报|法院报) 新华(?:社|网|视点|每日电讯) 央视 CCTV",
    "中央(?:电视台|人民广播|广播电视) 中新[网社]",
    "中国(?:日报|青年报|青年网|新闻网|新闻社|之声|妇女报|警察报) 光明(?:日报|网)",
    "环球(?:时报|网|资讯) 经济日报 求是 紫光阁 法[制治]日报 科技日报 工人日报 解放军报 检察日报",
    "国际在线",
)
_KNOWN_OUTLET = _any(
    "红网 东方网 澎湃新闻 新京报 观察者网 财新网 扬子晚报 羊城晚报 新民晚报 齐鲁晚报 南方日报",
    "南国今报",
)
"""Outlets whose names begin with no place."""
_OUTLET = _any(
    _CENTRAL_OUTLET,
    "日报 晚报 晨报 早报 [今时商快电]报 [都城]市报 导报 青年报 法[制治]报 新京报",
    "电视台 广播 电台 卫视 新闻(?:频道|联播|广播) 红网 东方网 澎湃新闻",
)
_OTHER_GOVERNMENT = _any("政法委 司法[局厅部] 检察院 人民法院 消防救援 应急管理 海关")
"""Bodies that a reason may name beside police words, and that are no police."""
_GOVERNMENT_BODY = _any(
    "人民政府 政府 [省市县区州旗]委 党委 宣传部 外宣 新闻办 新闻中心 网信 发布 政务 政法 检察",
    "法院 司法 监狱 民政 应急 消防 气象 地震 卫健 卫生 疾控 教育[局厅部委] 人社 税务 国税",
    "地税 海关 统计局 环保局 环境局 生态环境 城管 交通(?:运输|委|局|厅) 铁路局 文旅 文化局 旅游局",
    "旅游委 旅游政务 共青团 团[省市县区]?委 妇联 工会 纪委 监委 长安网 信访 残联 外事 审计",
    "财政 发改 商务局 工商 质监 市场监管 药监 水利 水务 农业 林业 公积金 12345 联合辟谣平台",
    r"\p{Han}{2,}辟谣$ 国家\p{Han}{1,8}局 \p{Han}{2,}[局厅委办]$",
)


@dataclass(frozen=True)
class Rule:
    """One question: does a text of an account with such a verification match?

    verified: verified_types it fits, None among them for "the file does not say"; unless: words
    in the same text with which it does not fit; backed: whether the name must be a body's (by its
    build, or by the platform's word), or must not.
    """

    id: str
    gives: str
    reads: str
    pattern: str
    verified: tuple[str | None, ...]
    unless: str = ""
    backed: bool | None = None

    def matched(self) -> pl.Expr:
        """The words matched where the rule fits, else NULL."""
        told = [value for value in self.verified if value is not None]
        fits = pl.col("verified_type").is_in(told).fill_null(UNTOLD in self.verified)
        if self.unless:
            fits &= ~pl.col(self.reads).str.contains(self.unless)
        if self.backed is not None:
            fits &= pl.col("_is_backed") == self.backed
        return pl.when(fits).then(pl.col(self.reads).str.extract(f"({self.pattern})"))


_ORGANISATIONS = (GOVERNMENT, MEDIA, "2", "4", "5", "6", "7", "8")
"""verified_type of bodies of every sort."""
_ANYONE = (GOVERNMENT, MEDIA, *PERSONS, "2", "4", "5", "6", "7", "8", UNTOLD)
_BODIES = (GOVERNMENT, "7", UNTOLD)
_OUTLETS = (MEDIA, UNTOLD)

KIND_RULES: tuple[Rule, ...] = (
    Rule("reason_names_police_post", "officer", REASON, f"{OFFICER_POST}|{_LEADS_POLICE}",
         (PERSON,)),
    Rule("name_is_an_officers", "officer", _CALLED, _OFFICER_NAME, (*PERSONS, UNTOLD),
         backed=False),
    Rule("name_of_state_outlet", "state_media", NAME, _OUTLET, _OUTLETS),
    Rule("reason_names_state_outlet", "state_media", REASON, _OUTLET, (MEDIA,)),
    Rule("reason_names_government_body", "other_government", REASON,
         _OTHER_GOVERNMENT, (GOVERNMENT, "7")),
    Rule("name_has_police_word", "organ", NAME, _POLICE, _BODIES, backed=True),
    Rule("reason_has_police_word", "organ", REASON, _POLICE, (GOVERNMENT, "7")),
    Rule("name_is_no_bodys", "officer", _CALLED, _POLICE, ("7", UNTOLD),
         unless=r"^\P{Han}*$", backed=False),
    Rule("name_is_district_office", "organ", NAME, _DISTRICT_OFFICE, _BODIES),
    Rule("name_has_government_word", "other_government", NAME, _GOVERNMENT_BODY, _BODIES),
    Rule("reason_has_government_word", "other_government", REASON, _GOVERNMENT_BODY,
         (GOVERNMENT, "7")),
    Rule("name_is_safe_place", "organ", NAME, _SAFE_PLACE, _BODIES, unless=_INSURER),
)  # fmt: skip
VERIFIED_GOVERNMENT_WITHOUT_WORD = "verified_type_1"
"""Rule of last resort: the platform says government, and no word of a text says which."""

_STATION = _any(
    "派出所 警务[室站区] 责任区 [大中]队 街道 社区 [镇乡](?:人民政府|政府|党委)",
    r"\p{Han}{2,}镇(?:发布|在线|政务)$",
)
_MINISTRY = _any(
    "公安部 国务院 中共中央 中央(?:网信|政法|纪委) 共青团中央 最高人民 中华人民共和国",
    "(?:外交|国防|教育|科技|财政|商务|人社|自然资源|生态环境|住建|交通运输|水利|农业农村)部",
    "(?:应急管理|司法|民政)部 审计署 海关总署",
    "中国(?:警方在线|警察网|长安网|消防|移民管理|政府网|互联网|气象|地震台网|反邪教|禁毒)",
    r"国家\p{Han}{1,8}[局委办] 全国\p{Han}{1,8}办",
)
_PROVINCE = _any(
    r"公安厅 [司民财教政水]\p{Han}{0,4}厅 总队 省(?:委|政府|人民政府|高级|检察)",
    "自治区(?:党委|政府|人民政府|高级) 卫视",
)
_COUNTY_BODY = _any("公安 委 政府 人民政府 人民法院 人民检察院")
_COUNTY = f"分局|(?:县|[^地治]区)(?:{_COUNTY_BODY})"

LEVEL_RULES: tuple[Rule, ...] = tuple(
    Rule(f"{where}_{what}", level, reads, pattern, _ANYONE)
    for what, level, pattern in (
        ("names_station", "station", _STATION),
        ("names_county_body", "county", _COUNTY),
        ("names_central_outlet", "ministry", _CENTRAL_OUTLET),
        ("names_ministry", "ministry", _MINISTRY),
        ("names_province_body", "province", _PROVINCE),
    )
    for where, reads in (("name", NAME), ("reason", REASON))
)
REGION_LEVEL = "region_code"
"""Rule of a level that follows from the code of the region."""
CITY_TEAM = "names_city_team"
_TEAM = r"(支队)"

REGION_RULES = (
    ("region_text", "_region_text"), ("reason_names_place", REASON), ("name_names_place", NAME),
)  # fmt: skip
"""Rule and the text that it reads a place from, in the order in which they are asked."""

_UNITS = _any("警务[室站区] 责任区 [总支大中]队 街道 社区 分局 公安[部厅]")
OFFICER_WORDS = f"^(?:{OFFICER_POST}|{_OFFICER_NAME}|{_POLICE}|{_UNITS})$"
"""The only words that evidence about an officer may show: posts and units, never a name."""

EVIDENCE = (
    "kind_rule", "kind_match", "level_rule", "level_match", "region_rule", "region_match",
    "region_year",
)  # fmt: skip
_TEXTS = (
    NAME, _CALLED, "verified_type", REASON, "_region_text", "account_kind", "admin_level",
    "region_code", "scope_evidence",
)  # fmt: skip
"""All that an answer rests on, with the year of the observation."""


class _Answers:
    """Answers given to accounts, kept: the same ones come again with every post of theirs.

    What was asked is known by two 64-bit hashes of all its texts.
    """

    KEPT = 200_000

    def __init__(self) -> None:
        self._known: pl.DataFrame | None = None

    def of(self, asked: pl.DataFrame) -> pl.DataFrame:
        """kind, level, region, their evidence and `_is_withheld` of each row of _TEXTS and year."""
        marks = pl.DataFrame({"a": asked.hash_rows(seed=1), "b": asked.hash_rows(seed=2)})
        new = marks.with_row_index("at").unique(["a", "b"], keep="first", maintain_order=True)
        known = self._known
        if known is not None:
            new = new.join(known, on=["a", "b"], how="anti", maintain_order="left")
        if known is None or new.height:
            answers = new.select("a", "b").hstack(_answered(asked[new["at"]]))
            known = answers if known is None else pl.concat([known, answers])
        found = marks.join(known, on=["a", "b"], how="left", maintain_order="left")
        self._known = known if known.height <= self.KEPT else None
        return found


_ANSWERS = _Answers()


def identify(rows: pl.DataFrame) -> pl.DataFrame:
    """Fill account_kind, admin_level and region_code of rows in scope, and their evidence.

    An officer's post overrules everything, so that protection never hangs on a register; apart
    from that what a file says stays, with its scope evidence (or `given`) as the rule.
    """
    asked = rows.with_columns(_called()).select(
        pl.col(_TEXTS).cast(pl.String), pl.col("observed_at").dt.year().alias("year")
    )
    found = _ANSWERS.of(asked)
    return rows.with_columns(
        found["kind"].alias("account_kind"),
        found["level"].alias("admin_level"),
        found["region"].alias("region_code"),
        *(found[name] for name in EVIDENCE),
        found["_is_withheld"],
    )


def _answered(asked: pl.DataFrame) -> pl.DataFrame:
    """What distinct rows of _TEXTS and year are."""
    answers = _with_level(_with_region(_with_kind(asked)))
    return answers.select("kind", "level", "region", *EVIDENCE, "_is_withheld")


def names_of_bodies(names: pl.Series) -> pl.Series:
    """Whether each name is built like that of a body of state, party or police, or of an outlet.

    It is one where it ends in a unit, where nothing but words of bodies follows a place, or where
    it is made of nothing else; and where no word of it is a person's. Anything else may be a
    person who names the trade: a doubt counts against it.
    """
    name = pl.col("name")
    rest = pl.col("rest")
    frame = pl.DataFrame({"name": names.cast(pl.String).str.strip_chars()})
    branch = without_places(frame["name"].str.extract("[-_·](.+)$"))
    frame = frame.with_columns(
        pl.when(branch == "").then(name.str.replace("[-_·].+$", "")).otherwise("name").alias("name")
    )
    frame = frame.with_columns(without_places(frame["name"]).alias("place")).with_columns(
        rest=pl.coalesce("place", name.str.replace(_CALLED_PLACE, "")),
        is_placed=pl.col("place").is_not_null() | name.str.contains(_CALLED_PLACE),
    )
    word = f"(?:{_PUBLIC_WORD}|{_UNIT_END}|{_OFFICE_END}|{_TOLD_END})"
    han = _han_of(rest)
    names_one = han.str.contains(rf"(?:{_OFFICER_NAME})\p{{Han}}{{2,3}}(?:{_UNIT_END})")
    is_ones_own = han.str.contains(f"(?:{_SINGLE_OFFICERS})(?:{_PERSON})(?:{_UNIT_END})")
    is_placed = pl.col("is_placed")
    is_unit = rest.str.contains(f"(?:{_UNIT_END})(?:{_TOLD_END})*$")
    is_unit &= (~names_one | is_placed) & ~is_ones_own
    is_office = is_placed & rest.str.contains(f"(?:{_OFFICE_END})(?:{_TOLD_END})*$")
    is_of_place = is_placed & rest.str.contains(f"^{word}+$")
    is_safe_place = name.str.contains(_SAFE_PLACE) & pl.col("place").str.contains(f"^{word}*$")
    is_outlet = name.str.contains(f"^(?:{_CENTRAL_OUTLET}){word}*$|^(?:{_KNOWN_OUTLET})$")
    is_trade = name.str.contains(f"^{word}{{2,}}$")
    is_person = rest.str.contains(f"^(?:{_ADDRESSED})") | (
        pl.col("place").is_null() & name.str.contains(_PERSONAL)
    )
    is_body = pl.any_horizontal(
        is_unit, is_office, is_of_place, is_safe_place.fill_null(False), is_outlet, is_trade
    )
    return frame.select((is_body & ~is_person).alias("is_body"))["is_body"]


_HINT_OF_A_BODY = (
    f"{_PUBLIC_WORD}|{_UNIT_END}|{_OFFICE_END}|{_TOLD_END}|{_CENTRAL_OUTLET}|{_KNOWN_OUTLET}"
    f"|{_SAFE_PLACE}"
)
"""What no name of a body is without; spares names of persons the dear questions."""


def bodies_among(names: pl.Series) -> pl.Series:
    """Those of the names, each once, that are built like a body's (names_of_bodies)."""
    hinted = names.drop_nulls().unique(maintain_order=True)
    hinted = hinted.filter(hinted.str.contains(_HINT_OF_A_BODY))
    known = _known_bodies(hinted)
    return hinted.filter(pl.Series([known[name] for name in hinted], dtype=pl.Boolean))


_NAMES_ANSWERED: dict[str, bool] = {}
"""Names asked about before: the same offices are called upon in batch after batch, and to make the
patterns ready costs more than to look through the names of one."""
_NAMES_KEPT = 100_000


def _known_bodies(names: pl.Series) -> dict[str, bool]:
    """Of at least each of the different names whether it is built like a body's."""
    new = [name for name in names if name not in _NAMES_ANSWERED]
    if not new:
        return _NAMES_ANSWERED
    if len(_NAMES_ANSWERED) + len(new) > _NAMES_KEPT:
        _NAMES_ANSWERED.clear()
        new = names.to_list()
    _NAMES_ANSWERED.update(zip(new, names_of_bodies(pl.Series(new, dtype=pl.String)), strict=True))
    return _NAMES_ANSWERED


def _first_of(rules: tuple[Rule, ...]) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """What the first fitting rule gives, its id and its words."""
    matched = [rule.matched() for rule in rules]
    pairs = list(zip(rules, matched, strict=True))
    return (
        pl.coalesce(pl.when(m.is_not_null()).then(pl.lit(r.gives)) for r, m in pairs),
        pl.coalesce(pl.when(m.is_not_null()).then(pl.lit(r.id)) for r, m in pairs),
        pl.coalesce(matched),
    )


def _given(column: str) -> pl.Expr:
    """What the file itself says; `unclear` says nothing."""
    return pl.when(pl.col(column) != "unclear").then(column)


_GIVEN_RULE = pl.coalesce("scope_evidence", pl.lit("given"))


def _with_kind(asked: pl.DataFrame) -> pl.DataFrame:
    gives, rule, words = _first_of(KIND_RULES)
    is_backed = (pl.col("verified_type") == GOVERNMENT).fill_null(False) | pl.col("_is_body")
    asked = asked.with_columns(
        _is_body=_are_bodies(asked[_CALLED]), _names_one=_names_of_one(asked[_CALLED])
    ).with_columns(_is_backed=is_backed)
    found = asked.with_columns(_gives=gives, _rule=rule, _words=words).with_columns(
        is_in_scope=pl.col("scope_evidence").is_not_null()
        | (pl.col("verified_type") == GOVERNMENT).fill_null(False)
        | (pl.col("_rule") == KIND_RULES[0].id).fill_null(False)
    )
    given = _given("account_kind")
    is_given = given.is_not_null() & ~(pl.col("_rule") == KIND_RULES[0].id).fill_null(False)
    by_rule = pl.when("is_in_scope").then("_gives")
    has_text = pl.coalesce(NAME, REASON).is_not_null()
    last_resort = (pl.col("verified_type") == GOVERNMENT).fill_null(False) & has_text
    return found.with_columns(
        kind=pl.when(is_given).then(given)
        .when(by_rule.is_not_null()).then(by_rule)
        .when(last_resort).then(pl.lit("other_government"))
        .when("is_in_scope").then(pl.lit("unclear")),
        kind_rule=pl.when(is_given).then(_GIVEN_RULE)
        .when(by_rule.is_not_null()).then("_rule")
        .when(last_resort).then(pl.lit(VERIFIED_GOVERNMENT_WITHOUT_WORD)),
        kind_match=pl.when(~is_given & by_rule.is_not_null()).then("_words"),
    ).with_columns(_is_withheld=_withheld()).drop(
        "_gives", "_rule", "_words", "_is_body", "_is_backed", "_names_one"
    )  # fmt: skip


def _are_bodies(names: pl.Series) -> pl.Series:
    """names_of_bodies, asked only of names that speak of the police."""
    is_asked = names.str.contains(f"{_POLICE}|{_OFFICER_NAME}").fill_null(False)
    found = pl.repeat(False, len(names), dtype=pl.Boolean, eager=True)
    if not is_asked.any():
        return found
    return found.scatter(is_asked.arg_true(), names_of_bodies(names.filter(is_asked)))


def _han_of(text: pl.Expr) -> pl.Expr:
    """The Chinese characters alone: the years, letters, signs and blanks that people put at and
    into a name say nothing of whose it is. 110 before a word is one of the police's."""
    plain = text.str.normalize("NFKC").str.replace_all(r"110(\P{Han}*\p{Han})", "公安$1")
    return plain.str.replace_all(r"\P{Han}+", "")


_TRADE = f"(?:{_POLICE}|{_OFFICER_NAME})+(?:{_UNIT_END}|[局厅处部队所])*"
"""Words of the trade, with the kind of unit behind them."""
_BARE_OF = f"(?:{_UNIT_END}|{_TOLD_END}|{_DIARY_END})+$"
"""What is left out at the end of a name before it is searched for a person's."""
_FOREIGN_NAME = rf"(?:{_SINGLE_OFFICERS})\P{{Han}}*[\p{{L}}--\p{{Han}}]{{2}}"
"""A post, and behind it letters that may be a name in another script."""


def _names_of_one(names: pl.Series) -> pl.Series:
    """Whether each name may put a post, or a word of the police, beside one person's name.

    Asked of its Chinese characters alone. A word that means a single officer is enough; with any
    other it is what stands behind or, of a post, before it. Not so of a name that is built like a
    body's, in which nothing but a place or words of bodies stands beside the word, or that is a
    place and a post.
    """
    frame = pl.DataFrame({"name": names.cast(pl.String)}).with_row_index("at")
    frame = frame.with_columns(han=_han_of(pl.col("name")))
    frame = frame.filter(pl.col("han").str.contains(_TRADE))
    found = pl.repeat(False, len(names), dtype=pl.Boolean, eager=True)
    if frame.is_empty():
        return found
    frame = frame.with_columns(
        bare=pl.col("han").str.replace(_BARE_OF, ""),
        is_body=names_of_bodies(frame["name"]),
        is_body_bare=names_of_bodies(frame["han"]),
    )
    frame = frame.with_columns(
        place=without_places(frame["bare"]),
        ends_as_body=_end_as_bodies(frame["bare"]),
        stands_before=_stand_before(frame["bare"]),
    )
    bare = pl.col("bare")
    unlike_persons = bare.str.replace_all(f"{_NO_PERSONS}", "·")
    is_word = bare.str.contains(f"(?:{_PUBLIC_WORD}|{_OFFICE_END}|{_NO_PERSONS})$")
    is_long_word = bare.str.contains(f"(?:{_PUBLIC_WORD}|{_OFFICE_END}|{_BODY_WORD})$")
    may_be_one = pl.any_horizontal(
        pl.col("han").str.contains(_SINGLE_OFFICERS),
        "stands_before",
        bare.str.contains(rf"(?:{_OFFICER_NAME})\p{{Han}}{{2,4}}$"),
        bare.str.contains(f"(?:{_TRADE})(?:{_PERSON})$") & ~is_word,
        unlike_persons.str.contains(rf"(?:{_TRADE})(?:{_PERSON})\p{{Han}}") & ~is_long_word,
    )
    names_nobody = pl.col("place").str.contains(f"^(?:{_SINGLE_OFFICERS})$").fill_null(False)
    is_bodys = pl.any_horizontal("is_body", "is_body_bare", "ends_as_body", names_nobody)
    has_foreign_name = pl.col("name").str.contains(_FOREIGN_NAME) & ~pl.col("is_body")
    return found.scatter(
        frame["at"], frame.select((may_be_one & ~is_bodys) | has_foreign_name).to_series()
    )


def _stand_before(names: pl.Series) -> pl.Series:
    """Whether nothing but a place and one person's name stands before a post (王凯交警)."""
    before = names.str.extract(f"^(.*?)(?:{_OFFICER_NAME})")
    left = pl.coalesce("left", "before")
    frame = pl.DataFrame({"before": before, "left": without_places(before)})
    is_one = left.str.contains(f"^(?:{_PERSON})$") & ~left.str.contains(_NO_PERSONS)
    return frame.select(is_one.fill_null(False)).to_series()


def _end_as_bodies(names: pl.Series) -> pl.Series:
    """Whether what follows the word of the trade is a place or words of bodies, and no person's.

    Names are Chinese characters without what is left out at the end. True only where nothing but
    places and words of bodies stands before that word either. The name of a place that begins like
    a surname counts where are_places is sure of it; one of two characters counts for nothing behind
    a word that means a single officer (民警吴忠).
    """
    parts = names.str.extract_groups(rf"^(?<before>.*?)(?<trade>{_TRADE})(?<rest>\p{{Han}}{{2,}})$")
    frame = pl.DataFrame({"parts": parts}).unnest("parts").with_row_index("at")
    frame = frame.filter(pl.col("rest").is_not_null())
    found = pl.repeat(False, len(names), dtype=pl.Boolean, eager=True)
    if frame.is_empty():
        return found
    frame = frame.with_columns(without_places(frame["before"]).alias("left")).hstack(
        are_places(frame["rest"], frame["before"])
    )
    word = f"(?:{_PUBLIC_WORD}|{_UNIT_END}|{_OFFICE_END}|{_BODY_WORD})"
    begins_as_body = pl.coalesce(
        "left", pl.col("before").str.replace(_CALLED_PLACE, "")
    ).str.contains(f"^{word}*$")
    is_of_one = pl.col("trade").str.contains(_SINGLE_OFFICERS)
    is_no_name = pl.col("is_sure") | ~pl.col("rest").str.contains(f"^(?:{_SURNAME})")
    is_long = pl.col("rest").str.len_chars() > 2
    is_place = (pl.col("is_place") | pl.col("is_sure")) & is_no_name & (is_long | ~is_of_one)
    is_of_bodies = pl.col("rest").str.contains(f"^{word}*(?:{_BODY_WORD})$")
    ends = frame.select(begins_as_body & (is_place | is_of_bodies))
    return found.scatter(frame["at"], ends.to_series())


def _speaks_of_police(text: str) -> pl.Expr:
    """Whether a text has a word of the police or of a post in it."""
    words = f"{_POLICE}|{OFFICER_POST}|{_LEADS_POLICE}|{_OFFICER_NAME}"
    return pl.col(text).str.contains(words).fill_null(False)


def _withheld() -> pl.Expr:
    """Whether a name may be an officer's though no rule is sure: of a person, or of an account of
    unclear kind that no organisation vouches for, whose name or reason speaks of the police; and
    whatever a register says, where the word of a post or of the police stands beside a name that
    the platform does not verify as an organisation's."""
    kind, verified = pl.col("kind"), pl.col("verified_type")
    is_person = verified.is_in(PERSONS).fill_null(False) & ~pl.col("_is_body")
    is_vouched_for = verified.is_in(_ORGANISATIONS).fill_null(False)
    is_unclear = (kind == "unclear") & ~is_vouched_for
    names_one = pl.col("_names_one") & ~is_vouched_for
    in_doubt = _speaks_of_police(REASON) | (_speaks_of_police(_CALLED) & ~pl.col("_is_body"))
    may_be_officer = names_one | (in_doubt & (is_person | is_unclear))
    return (kind == "officer").fill_null(False) | (may_be_officer & kind.is_not_null())


def may_be_officers(rows: pl.DataFrame) -> pl.Series:
    """Whether the texts of rows that were never asked what they are may be of officers."""
    rows = ensure(rows, **dict.fromkeys((NAME, REASON, "account_kind"), pl.String))
    asked = rows.select(_called(), REASON, "account_kind")
    asked = asked.with_columns(_is_body=_are_bodies(asked[_CALLED]))
    called_officer = (pl.col("account_kind") == "officer").fill_null(False)
    of_police = _speaks_of_police(_CALLED) | _speaks_of_police(REASON)
    found = called_officer | (of_police & ~pl.col("_is_body"))
    return asked.select(found.alias("may_be"))["may_be"]


def _called() -> pl.Expr:
    own = pl.col("account_id").cast(pl.String).str.extract("^name:(.+)$")
    return pl.coalesce(NAME, own).cast(pl.String).alias(_CALLED)


def _with_region(asked: pl.DataFrame) -> pl.DataFrame:
    """The file's own code; else the place in the file's own words, in the reason, in the name."""
    given = _given("region_code")
    found = asked
    for rule, column in REGION_RULES:
        named = named_regions(asked.select(pl.col(column).alias("text"), "year"))
        found = found.with_columns(
            named["region_code"].alias(f"{rule}_code"),
            named["region_match"].alias(f"{rule}_words"),
            named["region_year"].alias(f"{rule}_year"),
        )
    is_named = pl.col("is_in_scope") & given.is_null()

    def first(part: str) -> pl.Expr:
        return pl.when(is_named).then(pl.coalesce(f"{rule}_{part}" for rule, _ in REGION_RULES))

    place_rule = pl.coalesce(
        pl.when(pl.col(f"{name}_code").is_not_null()).then(pl.lit(name)) for name, _ in REGION_RULES
    )
    found = found.with_columns(
        region=pl.coalesce(given, first("code")),
        region_rule=pl.when(given.is_not_null()).then(_GIVEN_RULE).when(is_named).then(place_rule),
        region_match=first("words"),
        region_year=first("year"),
    )
    return found.drop(
        f"{name}_{part}" for name, _ in REGION_RULES for part in ("code", "words", "year")
    )


def _with_level(asked: pl.DataFrame) -> pl.DataFrame:
    """The file's own level; else of the unit the words name; else of the region's code."""
    gives, rule, words = _first_of(LEVEL_RULES)
    given = _given("admin_level")
    code = pl.col("region")
    team = pl.coalesce(pl.col(NAME).str.extract(_TEAM), pl.col(REASON).str.extract(_TEAM))
    is_city_team = team.is_not_null() & (code.is_null() | (level_of(code) != "county"))
    is_asked = pl.col("is_in_scope") & given.is_null()
    return asked.with_columns(
        level=pl.when(given.is_not_null()).then(given)
        .when(~pl.col("is_in_scope")).then(None)
        .when(gives.is_not_null()).then(gives)
        .when(is_city_team).then(pl.lit("prefecture"))
        .otherwise(level_of(code)),
        level_rule=pl.when(given.is_not_null()).then(_GIVEN_RULE)
        .when(~is_asked).then(None)
        .when(gives.is_not_null()).then(rule)
        .when(is_city_team).then(pl.lit(CITY_TEAM))
        .when(code.is_not_null()).then(pl.lit(REGION_LEVEL)),
        level_match=pl.when(~is_asked).then(None)
        .when(gives.is_not_null()).then(words)
        .when(is_city_team).then(team)
        .when(code.is_not_null()).then(code),
    )  # fmt: skip
