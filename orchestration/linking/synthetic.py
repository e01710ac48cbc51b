"""A made-up month of hot topics and official posts, to fit the shipped model on.

Nothing of it was ever posted. Names are drawn from characters, sentences from the lists below. What
it imitates is how titles and posts differ: a post says a part of a title in the title's words, a
part in others, and leaves a part out; several topics share an actor, an action or a template; a
bulletin differs from the next by number and place; some topics are slogans that no text gives away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
import polars as pl

from orchestration.linking.grams import plain
from orchestration.linking.model import LINK_AT, REVIEW_AT, Model
from orchestration.linking.places import PLACES
from orchestration.linking.scoring import HOUR_US, Titles
from orchestration.linking.training import DAY_US, SHANGHAI_US, Corpus, fit

SEED = 20110926
DAYS = 30
EVENTS_A_DAY = 26
NOISE_A_DAY = 45
HALF_A_MONTH = 15
WORLDS = 4
"""Months to fit on: weights of one alone hang on its seed."""
FIRST_DAY = 20_000
"""Days since 1970; which they are matters to nothing."""

_CHARACTERS = (
    "安宝北成承城春慈翠达大丹德东都恩方丰凤福富刚高光广桂国海汉杭豪合和河红宏鸿湖华怀欢惠吉佳嘉建江金锦京晶"
    "景静康兰乐丽利莲良林灵龙隆路罗茂梅美明南宁平普齐奇千强青清庆泉仁荣瑞润森沙山善尚圣盛石世书双水顺思松泰"
    "天庭同万文武西喜贤祥翔小晓欣新信星兴秀旭雅阳扬怡益银英盈永友雨玉源远月云泽振正志中忠竹紫"
)
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
)
_ORGANS = """
医院 大学 中学 小学 集团 科技公司 银行 小区 大桥 地铁站 机场 火车站 商场 超市 化工厂 工地 幼儿园
养老院 景区 博物馆 体育馆 码头 高速 隧道 水库 公园 菜市场 电影院 酒店 出版社 法院 消防队 派出所
交警队 疾控中心 研究院
"""
_PERSONS = (
    "院士 教授 主任 医生 护士 司机 老师 民警 演员 选手 部长 市长 发言人 专家 记者 村民 学生 快递员"
)
_ACTIONS = """
起火|发生火灾|燃起大火
坍塌|发生坍塌事故|部分倒塌
停业整顿|被责令停业|暂停营业接受整顿
恢复开放|重新开放|即日起恢复对外开放
宣布道歉|公开致歉|就此事表示歉意
回应质疑|作出回应|就网友质疑作出说明
被立案调查|涉嫌违法被查|接受立案调查
获国家奖励|获得表彰|受到国家表彰
首次公开亮相|第一次亮相|首度露面
食物中毒|多人出现食物中毒症状|疑似集体食物中毒
发布新规|出台新规定|印发管理办法
宣布涨价|上调价格|价格将上涨
停运检修|停止运行进行检修|暂停运营
招聘遭质疑|招聘公告引发争议|招录过程受到质疑
救起落水儿童|跳水救人|成功救起落水儿童
捐款助学|捐出善款|向学校捐赠
疏散群众|紧急转移群众|组织人员疏散
上调预警级别|发布更高级别预警|提升预警等级
发现新物种|发现一新种|公布新物种
研制成功新药|新药研发取得突破|药物研发获得成功
遭遇车祸|发生交通事故|途中遇车祸
因公殉职|不幸殉职|牺牲在岗位上
举行听证会|召开听证会|公开听取意见
取消考试|考试取消|决定取消本次考试
延期开学|推迟开学|开学时间延后
正式通车|建成通车|今日开通
启动应急响应|进入应急状态|启动响应
限制进口|暂停进口|不再进口
开展核查|组织核查|连夜调查核实
被判刑|一审宣判|获刑
"""
_OBJECTS = """
口罩 疫苗 校车 地铁 航班 门票 学费 药品 奶粉 食盐 外卖 网约车 停车费 电动车 垃圾分类 医保 公积金
身份证 驾照 社保 养老金 房价 彩票 直播 游戏 培训班 考研 高考 中考 快递 共享单车 充电桩 电梯 自来水
天然气 供暖 夜市 烟花
"""
_BULLETINS = """
{p}新增{n}例确诊病例|{p}昨日新增确诊{n}例
{p}新增{n}例境外输入病例|{p}通报新增境外输入{n}例
{p}累计确诊{n}例|{p}累计报告确诊病例{n}例
{p}{n}名医护人员出征|{p}派出{n}名医护人员
{p}下达资金{n}亿元|{p}安排专项资金{n}亿元
{p}地震{m}级|{p}发生{m}级地震
{p}抓获嫌疑人{n}名|{p}警方抓获{n}名犯罪嫌疑人
{p}新增{n}个停车位|{p}将增加停车位{n}个
{p}高考报名{n}万人|{p}今年高考报名人数{n}万
{p}旅游收入{n}亿元|{p}实现旅游收入{n}亿元
"""
_SLOGANS = """
你好新一天 平凡的力量 把爱传下去 每个人都了不起 早安城市 我们在一起 向前走不回头 致敬劳动者
谢谢有你 见字如面 今夜无眠 星光不负 一起加油 正能量接力 镜头里的温暖 身边的榜样 点亮心愿 家的味道
春天的约定 大国的样子
"""
_THEMES = """
台风 暴雨 防汛 转移 受灾 预警 救援 物资 降雨 积水 停课 险情 抢险 洪水 堤坝 值守
流感 病例 防控 确诊 隔离 检测 医疗队 口罩 疫情 感染 治愈 密切接触者 指挥部 核酸 输入 支援
高考 考生 考点 志愿 录取 分数线 作文 招生 报名 考场 准考证 阅卷 家长 助考 送考 真题
地震 震感 余震 救灾 烈度 搜救 安置 帐篷 灾区 废墟 通信 抢修 捐款 重建 生命线 伤员
"""
"""What everybody talks about for a week: words that many topics and posts of the week share."""
_LEADS = """
据{o}通报，|记者从{p}有关部门获悉，|{d}日，|{d}日上午，|近日，|今天下午，|{p}召开新闻发布会，|当地时间{d}日，
|据{p}日报，|刚刚，|最新消息，|针对网友关心的问题，|有网友反映，|截至{d}日{h}时，
"""
_FILLERS = """
目前，事件原因正在进一步调查中。|相关部门已派出工作组赶赴现场。|现场秩序良好，未造成人员伤亡。
|请广大市民不信谣、不传谣。|后续情况将及时向社会公布。|对此，网友纷纷留言点赞。|工作人员提醒市民注意安全。
|会议强调，要把人民群众的生命安全放在首位。|据介绍，这项工作已经持续了{h}天。|该负责人表示，将进一步加强管理。
|转发周知！|一起来看视频。|更多详情点击链接。|全市共有{n}家单位参加。|有关负责人回答了记者提问。
|累计治愈出院{n}例，仍在治疗{n}例。|其中男性{n}人，女性{n}人。|专家表示，公众不必过于担心。|让我们共同期待！
|他说，这是大家共同努力的结果。|截至目前，已有{n}人报名。|据了解，该项目总投资{n}亿元。|家属情绪稳定。
"""


@dataclass(frozen=True)
class _Event:
    """What happened: an actor that does something, or a bulletin, or a slogan."""

    title: str
    said: str
    place: str
    hour: int


def synthetic_corpus(seed: int = SEED) -> Corpus:
    """A month of topics and posts from one seed."""
    draw = Random(seed)  # noqa: S311 - texts, no secrets
    titles: dict[str, int] = {}
    posts: list[tuple[str, int, frozenset[str]]] = []
    for day in range(DAYS):
        theme = _THEMES.strip().splitlines()[day // 7 % 4].split()
        events = list(_day(draw, day, theme))
        for event in events:
            titles.setdefault(event.title, event.hour)
        for _ in range(NOISE_A_DAY):
            titles.setdefault(_noise(draw, theme), day * 24 + draw.randrange(24))
        for event in events:
            for _ in range(draw.choice((0, 1, 1, 1, 2))):
                posts.append(_post(draw, event, theme, draw.sample(events, 3)))
    names = sorted(titles)
    keys = plain(pl.Series(names)).to_list()
    plain_of = dict(zip(names, keys, strict=True))
    start = FIRST_DAY * DAY_US - SHANGHAI_US
    return Corpus(
        Titles(keys, keys, np.array([start + titles[name] * HOUR_US for name in names])),
        plain(pl.Series([text for text, _, _ in posts])).to_list(),
        np.array([start + hour * HOUR_US for _, hour, _ in posts]),
        [frozenset(plain_of[name] for name in answer) for _, _, answer in posts],
    )


def _day(draw: Random, day: int, theme: list[str]) -> Iterator[_Event]:
    """The events of a day; about half come with another about the same actor."""
    places = sorted(PLACES)
    for _ in range(EVENTS_A_DAY):
        hour = day * 24 + draw.randrange(24)
        place = draw.choice(places)
        kind = draw.random()
        if kind < 0.25:
            yield _bulletin(draw, place, hour)
        elif kind < 0.35:
            slogan = draw.choice(_SLOGANS.split()) + draw.choice(("", "第二季", "进行时"))
            yield _Event(slogan, "", place, hour)
        else:
            actor = _actor(draw, place)
            things = theme if draw.random() < 0.7 else _OBJECTS.split()
            yield _happening(draw, actor, place, hour, things)
            if draw.random() < 0.5:
                yield _happening(draw, actor, place, hour + draw.randrange(20), things)


def _bulletin(draw: Random, place: str, hour: int) -> _Event:
    title, said = draw.choice(_BULLETINS.split()).split("|")
    values = {"p": place, "n": draw.randrange(1, 400), "m": f"{draw.randrange(30, 70) / 10}"}
    if draw.random() < 0.5:
        title, said = said, title
    return _Event(title.format(**values), said.format(**values), place, hour)


def _name(draw: Random, length: int) -> str:
    return "".join(draw.choices(_CHARACTERS, k=length))


def _actor(draw: Random, place: str) -> str:
    kind = draw.random()
    if kind < 0.4:
        return place + _name(draw, 2) + draw.choice(_ORGANS.split())
    if kind < 0.6:
        return _name(draw, 2) + draw.choice(_ORGANS.split())
    if kind < 0.75:
        return place + "一" + draw.choice(_ORGANS.split())
    return (
        draw.choice(_SURNAMES) + _name(draw, 2) + draw.choice(("", draw.choice(_PERSONS.split())))
    )


def _happening(draw: Random, actor: str, place: str, hour: int, things: list[str]) -> _Event:
    """A title of actor, perhaps things, and action; and how a post would put the same."""
    wordings = draw.choice(_ACTIONS.split()).split("|")
    action = draw.choice(wordings)
    thing = "".join(draw.sample(things, draw.choice((0, 1, 1, 2))))
    number = f"{draw.randrange(2, 900)}人" if draw.random() < 0.2 else ""
    parts = [
        (actor, [actor, actor, actor, actor[: max(2, len(actor) - 2)], actor[-2:]]),
        (thing, [thing, thing, thing, thing, ""]),
        (action, [action, action, action, *wordings, ""]),
        (number, [number, number, number, ""]),
    ]
    said = [draw.choice(ways) for _, ways in parts]
    if draw.random() < 0.3:
        said = [said[0], "，", *said[1:]]
    if draw.random() < 0.4:
        said.insert(
            draw.randrange(1, len(said)), draw.choice(("于今日", "已经", "因故", "的", "将"))
        )
    return _Event("".join(part for part, _ in parts), "".join(said), place, hour)


def _noise(draw: Random, theme: list[str]) -> str:
    """A topic that no official speaks of; often about the same kinds of things."""
    kind = draw.random()
    if kind < 0.15:
        return draw.choice(sorted(PLACES)) + draw.choice(("", *theme))
    if kind < 0.4:
        words = draw.sample(theme, draw.choice((1, 2, 2, 3)))
        return "".join(words) + draw.choice(
            ("", "地图", "最新消息", "日记", "一线", "的他们", "怎么办")
        )
    if kind < 0.6:
        name = draw.choice(_SURNAMES) + _name(draw, 2)
        return name + draw.choice(
            ("新歌", "生日", "机场", "直播", "造型", "恋情", "综艺", "采访", "唱功")
        )
    if kind < 0.8:
        thing = draw.choice(_OBJECTS.split())
        return (
            draw.choice(("如何看待", "为什么", "第一次", "最贵的", "人生第一次", ""))
            + thing
            + draw.choice(("翻车", "太难了", "的正确方式", "自由", "现状", "避坑", "上热搜"))
        )
    action = draw.choice(draw.choice(_ACTIONS.split()).split("|"))
    return _actor(draw, draw.choice(sorted(PLACES))) + action


def _post(
    draw: Random, event: _Event, theme: list[str], others: list[_Event]
) -> tuple[str, int, frozenset[str]]:
    """An official post about an event, without its hashtag; it may touch upon others."""
    values = {
        "p": event.place, "o": event.place + "有关部门", "d": draw.randrange(1, 29),
        "h": draw.randrange(1, 24),
    }  # fmt: skip
    lead = draw.choice("".join(_LEADS.split()).split("|")).format(**values)
    closing = [
        draw.choice("".join(_FILLERS.split()).split("|")).format(n=draw.randrange(2, 500), **values)
        for _ in range(draw.randrange(2, 9))
    ]
    body = [lead + event.said + "。", *closing]
    for _ in range(draw.choice((0, 1, 2))):
        words = draw.sample(theme, 3)
        body.append(f"{words[0]}工作中，{words[1]}和{words[2]}仍是重点。")
    if draw.random() < 0.4:
        other = draw.choice(others)
        body.insert(1, f"此前，{other.said or other.place}。")
    if draw.random() < 0.25:
        listed = "、".join(f"{other.place}{draw.randrange(1, 60)}例" for other in others)
        body.append(f"其中{listed}。")
    if event.said and draw.random() < 0.3:
        body.insert(
            draw.randrange(1, len(body) + 1), event.title[: max(4, len(event.title) // 2)] + "。"
        )
    hour = event.hour + draw.choice((-10, -4, -2, -1, 0, 1, 2, 5, 9, 20))
    return "".join(body), max(hour, 0), frozenset({event.title})


def shipped_model() -> Model:
    """The model of `model.json`, from its seed alone.

    The coefficients rest on nothing but the made-up month. The two thresholds are the project's
    decision (ADR 0018).
    """
    worlds = [synthetic_corpus(SEED + number) for number in range(WORLDS)]
    return fit(
        [corpus for world in worlds for corpus in (world, world.moved(HALF_A_MONTH))],
        "text_v1",
        f"made-up topics and posts, {WORLDS} months from seed {SEED} on; "
        "see orchestration/linking/synthetic.py",
        LINK_AT,
        REVIEW_AT,
    )
