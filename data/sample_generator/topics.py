"""What the public talks about: incidents in the invented places, and entertainment noise."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .places import NATION, Place, counties, prefectures, provinces
from .study_period import DAYS, HOUR, START, second_at

_LOCAL_EVENTS = """
一工厂深夜起火|社会
小区电梯坠落|社会
一中学食堂被指食物变质|社会
货车侧翻堵塞主干道|社会
走失老人已两天未归|社会
一商场自动扶梯伤人|社会
路面突然塌陷|社会
暴雨地铁进水|社会
外卖员与保安冲突|社会
一幼儿园收费引争议|社会
河道出现死鱼|社会
夜市爆炸声|社会
景区游客被困玻璃栈道|旅游
网传抢小孩|社会
高空抛物砸中行人|社会
公交车失控撞护栏|社会
一医院停车场纠纷|社会
儿童溺水水库|社会
储户取不出钱|财经
一楼盘停工业主聚集|社会
民警执法视频|社会
城管掀翻水果摊|社会
男子持刀闹事|社会
女孩夜跑失联|社会
一化工厂异味|社会
自来水发黄|社会
大面积停电|社会
醉驾司机冲卡|社会
校车超载|社会
烤鸭店用过期肉|社会
出租车拒载孕妇|社会
加油站油品掺水|社会
养老院虐待老人视频|社会
桥面出现裂缝|社会
马拉松补给混乱|体育
志愿者被骗保证金|社会
老人被骗养老钱|社会
宠物医院虐猫|社会
高考分数查询异常|社会
快递站起火|社会
环卫工高温作业晕倒|社会
直播间卖假酒|财经
共享单车堆积盲道|社会
山体滑坡道路中断|社会
"""
_WIDE_EVENTS = """
台风样样登陆|时事
全省暴雨红色预警|时事
跨省电诈案收网|社会
高速连环追尾|社会
身份证系统故障|社会
高温橙色预警|时事
网约车司机集体停运|社会
"""
_ROLES = "演员 歌手 导演 选手 球员 主播 剧集 综艺 电影 手游 乐队 剧组"
_MARKS = "甲乙丙丁戊己庚辛壬癸"
_NOISE_BY_ROLE = {
    "person": """
新发型|红毯造型|生日会|机场图|官宣新戏|道歉|工作室声明|新歌上线|哭了|婚礼|退赛|夺冠
采访片段|健身照|粉丝见面会|跳舞|唱功|演技|翻唱|素颜|谈转型|回应质疑|表情包|同款咖啡
直播翻车|金句|穿搭|杂志封面|年度总结|手滑点赞|首次触电|海边写真|学方言|带货成绩
""",
    "work": """
定档|大结局|预告|片尾彩蛋|收视率|名场面|票房破纪录|路透|主题曲|剧本|演员阵容|番外
播放量|豪华布景|口碑反转|花絮|海报|加更|番位之争|续集|超前点映|服化道|配音|剪辑
更新公告|联名款|海外上线|导演剪辑版|原著对比|杀青|重播|热度第一|弹幕|笑点
""",
}
_CATEGORIES = {"person": ("明星", "综艺", "体育"), "work": ("电视剧", "电影", "游戏")}
_PINNED = """
夏夜治安巡查宣传周|样板乡村的夏天|示例制造亮点|绿水样山|防汛一线|年轻人的样本
读懂示例经济|美丽样湖|一图看懂便民新政|致敬高温坚守者|全民反诈在行动|暑期安全课
"""
_ADVERTISED = "示例汽水夏日限定|样样手机发布|例家超市会员日|示范银行开户礼|样牌空调以旧换新"


@dataclass(frozen=True)
class Topic:
    """One entry of a hot list. `event` is the title without its place."""

    title: str
    category: str
    kind: str
    """`incident`, `noise`, `pinned` or `advertised`."""
    place: Place
    event: str
    listed_from: int = 0
    listed_until: int = 0
    peak_heat: int = 0


def build_incidents(rng: Random) -> list[Topic]:
    """About 260 incidents with distinct titles, by time of listing."""
    local, wide = _LOCAL_EVENTS.split(), _WIDE_EVENTS.split()
    places = counties() * 3 + prefectures() * 4
    pairs = [(place, rng.choice(local)) for place in places]
    pairs += zip(places, local * 2, strict=False)
    pairs = rng.sample(pairs, 252)
    pairs += zip(provinces() * 3, wide, strict=False)
    pairs.append((NATION, "示例交管平台故障|时事"))
    unique = {_title(place, event): (place, event) for place, event in pairs}
    topics = [_incident(rng, title, *rest) for title, rest in unique.items()]
    return sorted(topics, key=lambda topic: (topic.listed_from, topic.title))


def _title(place: Place, line: str) -> str:
    event = line.split("|")[0]
    return event if place is NATION else place.name + event


def _incident(rng: Random, title: str, place: Place, line: str) -> Topic:
    event, category = line.split("|")
    day = DAYS[rng.randrange(len(DAYS) - 1)]
    hour = rng.choice((0, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23))
    begun = second_at(day, hour, rng.randrange(60), rng.randrange(60))
    life = int(min(max(rng.lognormvariate(2.1, 0.6), 2.2), 40) * HOUR)
    heat = int(rng.lognormvariate(12.4, 0.7))
    return Topic(title, category, "incident", place, event, begun, begun + life, heat)


def noise_topics(rng: Random) -> Iterator[Topic]:
    """Entertainment topics in random order; nobody official ever answers them."""
    titles = []
    for number, role in enumerate(_ROLES.split()):
        kind = "person" if number < 6 else "work"
        events = "|".join(_NOISE_BY_ROLE[kind].split()).split("|")
        for mark, event in itertools.product(_MARKS, events):
            titles.append((f"{role}{mark}{event}", kind))
    rng.shuffle(titles)
    for title, kind in titles:
        category = rng.choice(_CATEGORIES[kind])
        heat = int(rng.lognormvariate(11.9, 0.6))
        yield Topic(title, category, "noise", NATION, title, peak_heat=heat)


def pinned_topics() -> list[Topic]:
    """Editorially placed topics; five days each, then the next."""
    titles = "|".join(_PINNED.split()).split("|")
    return [
        Topic(title, "时事", "pinned", NATION, title, START + n * 5 * 24 * HOUR)
        for n, title in enumerate(titles)
    ]


def advertised_topics() -> list[Topic]:
    """Paid rows, marked `ads`."""
    titles = _ADVERTISED.split("|")
    return [Topic(title, "暂无", "advertised", NATION, title) for title in titles]
