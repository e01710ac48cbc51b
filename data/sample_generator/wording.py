"""What posts say. Every sentence here was made up for this sample.

A routine post is one tag, one body and one closing of the same subject. Slots: {p} place,
{n} a number, {m} a small number, {h} an hour.
"""

from __future__ import annotations

from random import Random

from .study_period import local

_ORGAN_SUBJECTS: tuple[tuple[str, str, str], ...] = (
    (
        "#反诈进行时#|【反诈提示】|#全民反诈#",
        (
            "{p}昨日接报刷单类诈骗{m}起，最大一起损失{n}元。|冒充客服退款的骗局又来了，{p}已劝阻{m}人转账。"
            "|“高息理财群”里全是托，{p}居民险些转出{n}元。|兼职点赞先垫付？{p}反诈专线提醒这是骗局。"
            "|冒充领导借钱有新花样，{p}一公司财务被骗{n}元。"
        ),
        (
            "凡是要求先转账的都别信。|陌生链接不点，验证码不给。|如遇可疑情况请拨打96110。"
            "|转给家里老人看看。|转账前多打一个电话核实。"
        ),
    ),
    (
        "【交通提示】|#平安出行#|【路况】",
        (
            "{p}环城路{h}时起封闭施工，预计持续{m}小时。|{p}大桥北向南车流量大，请错峰通行。"
            "|今晨{p}多路段有积水，请减速慢行。|{p}昨夜查处酒驾{m}起，其中醉驾1起。"
            "|{p}新增电子警察点位{m}处，今日启用。"
        ),
        (
            "请提前规划路线。|系好安全带，戴好头盔。|雨天路滑，保持车距。|服从现场民警指挥。"
            "|喝酒不开车，开车不喝酒。"
        ),
    ),
    (
        "#警民故事#|【暖心一刻】|#平安守护#",
        (
            "{p}民警{h}时帮走失老人找到家人，全程只用{m}0分钟。|丢失的{n}元现金，{p}民警当天还到失主手中。"
            "|中暑的快递小哥在{p}街头被巡逻民警扶上车。|{p}一学生把准考证落在出租车上，民警{m}分钟送到。"
            "|深夜{p}民警敲开{m}户居民的门，避免了一场火情。"
        ),
        "有困难找民警。|守护就在身边。|为平凡的坚守点赞。|谢谢每一位热心人。|平安有我。",
    ),
    (
        "【夏季行动】|#夏季治安整治#|【战果】",
        (
            "{p}抓获盗窃嫌疑人{m}名，追回电动车{n}辆。|{p}查处涉黄赌案件{m}起，行政拘留{m}人。"
            "|{p}开展夜间清查，检查场所{n}家次。|{p}捣毁一个制售假冒香烟窝点，涉案{n}万元。"
            "|{p}返还被盗财物{m}批，失主送来锦旗。"
        ),
        "打击不停歇。|欢迎提供线索。|案件正在进一步办理中。|净化社会治安环境。|民有所呼，我有所应。",
    ),
    (
        "【便民服务】|#办事指南#|【户政提醒】",
        (
            "{p}身份证办理窗口周六照常开放，{h}时前取号。|{p}出入境大厅新增自助机{m}台。"
            "|新生儿落户可以网上办，{p}已有{n}户体验。|{p}驾驶证期满换证，{m}分钟办结。"
            "|居住证到期前{m}0天可以续签，{p}各派出所受理。"
        ),
        "少跑腿，多办事。|咨询电话见主页。|带好身份证原件。|具体以窗口答复为准。|收藏备用。",
    ),
    (
        "【预警】|#防汛进行时#|【天气提醒】",
        (
            "{p}未来{m}小时有强降水，局地大风。|{p}水库周边请勿游泳，已劝离{n}人。"
            "|今天{p}最高气温3{m}度，户外作业注意防暑。|{p}河道水位上涨，请远离岸边。"
            "|雷电黄色预警，{p}部分公园临时关闭。"
        ),
        "非必要不外出。|看护好老人和孩子。|遇险请拨打110。|请相互转告。|安全第一。",
    ),
    (
        "【早安】|#早安{p}#|【晚安】",
        (
            "又是忙碌的一天，{p}民警已经上岗。|{p}的清晨，从护学岗开始。|夜色中的{p}，警灯长明。"
            "|{p}今日{h}时岗亭见。|把平安留给{p}，把辛苦留给自己。"
        ),
        "愿你一路平安。|好梦。|新的一天加油。|早出晚归注意安全。|今天也要开心。",
    ),
    (
        "【禁毒】|#防范黑恶#|【安全课】",
        (
            "{p}禁毒宣讲进校园，发放资料{n}份。|{p}法治副校长给{n}名学生上了开学前一课。"
            "|“电子烟”里可能藏着毒品，{p}查获{m}起。|{p}养犬登记集中办理，已登记{n}只。"
            "|{p}举行警营开放日，{n}名市民走进公安局。"
        ),
        "远离毒品，珍爱生命。|从小学会保护自己。|文明养犬，从牵绳开始。|欢迎预约参观。|转发提醒。",
    ),
)
_GOVERNMENT_SUBJECTS: tuple[tuple[str, str, str], ...] = (
    (
        "【民生】|#民生实事#|【便民】",
        (
            "{p}今年改造老旧小区{m}个，惠及{n}户。|{p}新增公办幼儿园学位{n}个。|{p}开通公交专线{m}条。"
            "|{p}医保服务下沉到{n}个村。|{p}夜间图书馆延长开放到{h}时。"
        ),
        "欢迎提出意见建议。|留言我们都会看。|办好身边小事。|更多消息见政府网站。|一起期待。",
    ),
    (
        "【发布】|【通知】|#政务公开#",
        (
            "{p}召开新闻发布会，介绍上半年经济运行。|{p}公布{m}项惠企政策。|{p}公开征集{n}条金点子。"
            "|{p}公示{m}批拟录用人员名单。|{p}发布用工岗位{n}个。"
        ),
        "以正式文件为准。|解读稍后发布。|欢迎监督。|报名方式见主页。|请互相转告。",
    ),
    (
        "【应急】|#防灾减灾#|【气象】",
        (
            "{p}启动防汛四级应急响应。|{p}转移安置群众{n}人。|{p}地质灾害风险较高，请避开{m}处隐患点。"
            "|{p}高温持续，避暑场所开放{m}处。|{p}开展消防演练，{n}人参加。"
        ),
        "请听从统一安排。|不信谣不传谣。|关注最新预警。|保持电话畅通。|安全提示请收好。",
    ),
)
_OFFICER_SUBJECTS: tuple[tuple[str, str, str], ...] = (
    (
        "值班第{m}天，|刚出完警，|今天休息，|",
        (
            "{p}的夜宵摊还热闹着。|帮大爷找回了三轮车。|小区门口又有人问反诈APP怎么装。"
            "|调解了{m}起邻里纠纷，口水都说干了。|{h}时的{p}街头，风是热的。|收到一面锦旗，脸红。"
        ),
        "大家早点休息。|平安就好。|别信“安全账户”。|继续巡逻。|有事私信没用，打110。",
    ),
)
_MEDIA_SUBJECTS: tuple[tuple[str, str, str], ...] = (
    (
        "【示例快讯】|【样报微评】|【今日数据】|【记者调查】",
        (
            "上半年电商物流指数回升{m}个百分点。|多地夜间经济升温，客流增长{n}%。"
            "|暑期档博物馆预约量突破{n}万人次。|{m}个省份发布毕业生就业政策。|专家谈高温下的用电安全。"
            "|一批新规8月起施行，涉及{m}个领域。"
        ),
        "详情见客户端。|你怎么看？|来源：示例日报。|转发周知。|编辑：样小编",
    ),
)
_SUBJECTS = {
    "organ": _ORGAN_SUBJECTS,
    "other_government": _GOVERNMENT_SUBJECTS,
    "officer": _OFFICER_SUBJECTS,
    "state_media": _MEDIA_SUBJECTS,
}
_REPOST_COMMENTS = (
    "转发微博|收到，马上落实。|扩散！|请大家注意。|转发提醒|学习了|@样友们 看这里|{p}也在行动。"
    "|一起守护平安。|辟谣要快，落实要实。|请{p}的朋友看过来"
)
_ANSWERS = (
    "【警情通报】#{title}# {date}，{p}{event}。我局{h}时{mi}分接警后赶到现场，情况正在调查中。",
    "#{title}# 【情况通报】关于网民反映的{p}{event}一事，已成立工作组开展调查，结果将及时公布。",
    "【通报】#{title}# {date}{h}时许，{event}，现场已得到控制，暂无人员死亡，{m}人轻伤送医。",
    "#{title}# 经初步核查，{event}情况属实，相关责任人已被控制，案件正在办理。",
    "【权威发布】#{title}# 针对{event}，有关部门已介入，请勿传播未经核实的消息。",
)
_FOLLOW_UPS = (
    "【续报】#{title}# 截至{date}{h}时，现场处置基本结束，{m}人出院，善后工作正在进行。",
    "#{title}# 【调查进展】已依法传唤{m}人，具体原因待进一步认定。",
    "【回应关切】#{title}# 感谢关注，{p}将举一反三，开展专项排查。",
)
_SPOKE_FIRST = (
    "【警情通报】#{title}# {date}{h}时许，{p}{event}，民警正在现场处置，请绕行并勿围观。",
    "#{title}# 【提示】{p}{event}，相关部门已到场，后续情况以官方发布为准。",
)
_WITHOUT_HASHTAG = (
    "【警情通报】{date}{h}时许，{p}发生一起警情：{event}。我局已到场处置，正在进一步调查。",
    "【情况通报】关于{p}{event}的情况，已开展调查，将依法依规处理并公布结果。",
)
_REBUTTALS = (
    "【辟谣】网传“{claim}”不实。经{p}警方核查，系网民编造，发布者已被依法处理。",
    "【警方辟谣】近日有人在群里转发“{claim}”，经查系谣言，请不信谣、不传谣。",
    "#不信谣不传谣# 网传{claim}，{p}警方核实：不属实。谣言别信，更别转。",
)
_CLAIMS = """
{p}地铁站有人投毒
{p}昨晚丢了十个孩子
{p}自来水管混入工业废水
{p}明天起封城三天
{p}超市的盐被抢光了
{p}发生七级地震预警
面包车在{p}专门抓落单女性
{p}水库即将泄洪淹没老城
{p}某医院出现不明传染病
{p}银行取款每天限一千元
吃{p}的西瓜会中毒身亡
{p}高速封闭到年底
{p}交警抓一个奖励五百
{p}小学营养餐检出老鼠药
{p}化工厂爆炸死了几十人
{p}警察打死摆摊老人
{p}派出所半夜收停车费
{p}桥塌了有车掉下去
{p}停电一周大家快囤水
{p}景区缆车坠落无人生还
"""


def routine(rng: Random, kind: str, place: str) -> str:
    """A post of every day."""
    tags, bodies, closings = rng.choice(_SUBJECTS[kind])
    parts = [rng.choice(choices.split("|")) for choices in (tags, bodies, closings)]
    separator = "\n" if rng.random() < 0.18 else ""
    text = parts[0] + parts[1] + separator + parts[2]
    if "【" not in parts[0] and rng.random() < 0.05:
        text += " http://t.cn/A6" + "".join(rng.choices("abcdefgh2345", k=6))
    return _fill(rng, text, place)


def repost_comment(rng: Random, place: str) -> str:
    """The words before a repost."""
    return rng.choice(_REPOST_COMMENTS.split("|")).format(p=place)


def answer(rng: Random, style: str, title: str, place: str, event: str, second: int) -> str:
    """An official post about an incident.

    style: first (after it was on the list), early (before), follow_up, untagged (no hashtag).
    """
    choices = {
        "first": _ANSWERS,
        "early": _SPOKE_FIRST,
        "follow_up": _FOLLOW_UPS,
        "untagged": _WITHOUT_HASHTAG,
    }[style]
    at = local(second)
    return rng.choice(choices).format(
        title=title,
        p="" if place == "全国" else place,
        event=event,
        date=f"{at.month}月{at.day}日",
        h=at.hour,
        mi=rng.randint(1, 59),
        m=rng.randint(1, 9),
    )


def claims(places: list[str], rng: Random) -> list[str]:
    """Distinct wordings of rumours, each about one place."""
    patterns = _CLAIMS.split()
    found = [pattern.format(p=place) for place in places for pattern in patterns]
    return rng.sample(found, len(found))


def rebuttal(rng: Random, claim: str, place: str) -> str:
    """An official post that denies a claim and quotes it."""
    return rng.choice(_REBUTTALS).format(claim=claim, p=place)


def _fill(rng: Random, text: str, place: str) -> str:
    return text.format(
        p=place,
        n=rng.choice((12, 35, 60, 128, 300, 860)),
        m=rng.randint(2, 9),
        h=rng.randint(6, 22),
    )
