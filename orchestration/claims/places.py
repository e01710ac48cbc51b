"""The one region that a sentence names, as its code: a figure of one province is none of China."""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from orchestration.cleaning.regions import place_codes
from orchestration.linking.places import PLACES

ENGLISH_PLACES = {
    "Beijing": "北京", "Tianjin": "天津", "Hebei": "河北", "Shanxi": "山西",
    "Inner Mongolia": "内蒙古",
    "Liaoning": "辽宁", "Jilin": "吉林省", "Heilongjiang": "黑龙江", "Shanghai": "上海",
    "Jiangsu": "江苏",
    "Zhejiang": "浙江", "Anhui": "安徽", "Fujian": "福建", "Jiangxi": "江西", "Shandong": "山东",
    "Henan": "河南", "Hubei": "湖北", "Hunan": "湖南", "Guangdong": "广东", "Guangxi": "广西",
    "Hainan": "海南省", "Chongqing": "重庆", "Sichuan": "四川", "Guizhou": "贵州", "Yunnan": "云南",
    "Tibet": "西藏", "Shaanxi": "陕西", "Gansu": "甘肃", "Qinghai": "青海", "Ningxia": "宁夏",
    "Xinjiang": "新疆", "Hong Kong": "香港", "Macao": "澳门", "Taiwan": "台湾",
    "Shijiazhuang": "石家庄", "Taiyuan": "太原", "Hohhot": "呼和浩特", "Shenyang": "沈阳",
    "Dalian": "大连",
    "Changchun": "长春", "Harbin": "哈尔滨", "Nanjing": "南京", "Suzhou": "苏州市", "Wuxi": "无锡",
    "Hangzhou": "杭州", "Ningbo": "宁波", "Wenzhou": "温州", "Hefei": "合肥", "Fuzhou": "福州市",
    "Xiamen": "厦门", "Quanzhou": "泉州", "Nanchang": "南昌", "Jinan": "济南", "Qingdao": "青岛",
    "Yantai": "烟台", "Zhengzhou": "郑州", "Luoyang": "洛阳", "Wuhan": "武汉", "Changsha": "长沙",
    "Guangzhou": "广州", "Shenzhen": "深圳", "Foshan": "佛山", "Dongguan": "东莞", "Zhuhai": "珠海",
    "Zhaoqing": "肇庆", "Nanning": "南宁", "Guilin": "桂林", "Haikou": "海口", "Sanya": "三亚",
    "Chengdu": "成都", "Guiyang": "贵阳", "Kunming": "昆明", "Lhasa": "拉萨", "Xi'an": "西安",
    "Lanzhou": "兰州", "Xining": "西宁", "Yinchuan": "银川", "Urumqi": "乌鲁木齐",
    "Xuzhou": "徐州市", "Changzhou": "常州市", "Nantong": "南通市",
    "Lianyungang": "连云港市", "Huai'an": "淮安市", "Yancheng": "盐城市",
    "Yangzhou": "扬州市", "Zhenjiang": "镇江市", "Suqian": "宿迁市", "Jiaxing": "嘉兴市",
    "Huzhou": "湖州市", "Shaoxing": "绍兴市", "Jinhua": "金华市", "Quzhou": "衢州市",
    "Zhoushan": "舟山市", "Lishui": "丽水市", "Wuhu": "芜湖市", "Bengbu": "蚌埠市",
    "Huainan": "淮南市", "Anqing": "安庆市", "Huangshan": "黄山市", "Putian": "莆田市",
    "Sanming": "三明市", "Zhangzhou": "漳州市", "Longyan": "龙岩市", "Ningde": "宁德市",
    "Jiujiang": "九江市", "Ganzhou": "赣州市", "Zibo": "淄博市", "Zaozhuang": "枣庄市",
    "Dongying": "东营市", "Weifang": "潍坊市", "Jining": "济宁市", "Tai'an": "泰安市",
    "Weihai": "威海市", "Rizhao": "日照市", "Linyi": "临沂市", "Dezhou": "德州市",
    "Liaocheng": "聊城市", "Binzhou": "滨州市", "Heze": "菏泽市", "Kaifeng": "开封市",
    "Pingdingshan": "平顶山市", "Anyang": "安阳市", "Xinxiang": "新乡市",
    "Jiaozuo": "焦作市", "Xuchang": "许昌市", "Nanyang": "南阳市", "Shangqiu": "商丘市",
    "Xinyang": "信阳市", "Zhoukou": "周口市", "Zhumadian": "驻马店市",
    "Yichang": "宜昌市", "Xiangyang": "襄阳市", "Jingzhou": "荆州市",
    "Huanggang": "黄冈市", "Shiyan": "十堰市", "Zhuzhou": "株洲市", "Xiangtan": "湘潭市",
    "Hengyang": "衡阳市", "Shaoyang": "邵阳市", "Yueyang": "岳阳市", "Changde": "常德市",
    "Zhangjiajie": "张家界市", "Chenzhou": "郴州市", "Yongzhou": "永州市",
    "Huaihua": "怀化市", "Shantou": "汕头市", "Jiangmen": "江门市",
    "Zhanjiang": "湛江市", "Maoming": "茂名市", "Huizhou": "惠州市", "Meizhou": "梅州市",
    "Shanwei": "汕尾市", "Heyuan": "河源市", "Yangjiang": "阳江市", "Qingyuan": "清远市",
    "Zhongshan": "中山市", "Chaozhou": "潮州市", "Jieyang": "揭阳市",
    "Shaoguan": "韶关市", "Liuzhou": "柳州市", "Beihai": "北海市", "Zigong": "自贡市",
    "Panzhihua": "攀枝花市", "Luzhou": "泸州市", "Deyang": "德阳市",
    "Mianyang": "绵阳市", "Guangyuan": "广元市", "Suining": "遂宁市",
    "Neijiang": "内江市", "Leshan": "乐山市", "Nanchong": "南充市", "Yibin": "宜宾市",
    "Dazhou": "达州市", "Ya'an": "雅安市", "Zunyi": "遵义市", "Liupanshui": "六盘水市",
    "Qujing": "曲靖市", "Yuxi": "玉溪市", "Baoshan": "保山市", "Lijiang": "丽江市",
    "Baoji": "宝鸡市", "Xianyang": "咸阳市", "Yan'an": "延安市", "Hanzhong": "汉中市",
    "Tianshui": "天水市", "Jiuquan": "酒泉市", "Karamay": "克拉玛依市",
    "Tangshan": "唐山市", "Qinhuangdao": "秦皇岛市", "Handan": "邯郸市",
    "Xingtai": "邢台市", "Baoding": "保定市", "Zhangjiakou": "张家口市",
    "Chengde": "承德市", "Cangzhou": "沧州市", "Langfang": "廊坊市",
    "Hengshui": "衡水市", "Datong": "大同市", "Changzhi": "长治市", "Jincheng": "晋城市",
    "Linfen": "临汾市", "Baotou": "包头市", "Ordos": "鄂尔多斯市", "Chifeng": "赤峰市",
    "Anshan": "鞍山市", "Fushun": "抚顺市", "Dandong": "丹东市", "Yingkou": "营口市",
    "Panjin": "盘锦市", "Siping": "四平市", "Qiqihar": "齐齐哈尔市",
    "Daqing": "大庆市", "Jiamusi": "佳木斯市", "Mudanjiang": "牡丹江市",
}  # fmt: skip
_BY_ENGLISH = re.compile(
    r"(?<!forum in )(?<!seminar in )(?<!conference in )(?<!meeting in )"
    r"(?<!held in )(?<!summit in )"
    rf"\b(?P<place>{'|'.join(sorted(ENGLISH_PLACES, key=len, reverse=True))})\b"
    r"(?!\s+(?:(?:Evening|Morning|Youth|Business|Normal|Jiao\s?[Tt]ong)\s+)?(?:Daily|News|Times|Post|TV|"
    r"Television|Radio|University|Road|Street)\b)"
)
_CAPITAL = re.compile(
    r"(?i)Beijing(?:['’]s)?(?:\s+(?:municipal|city))*\s+"
    r"(?:municipality|police|public|government|authorit|traffic|districts?|bureau|meteorolog|weather|fire|health|education|tourism|court|"
    r"subway|urban|residents|high\s+people|people['’]s\s+procurat)"
)
"""Beijing alone mostly means the government of the country."""
_NO_PLACE = re.compile(
    r"(?:日报|晚报|晨报|时报|青年报|都市报|商报|新闻网|卫视|电视台|大学|学院|交大|举行|召开|举办|说|表示|宣布|[东西南北中]?(?:路|街(?!道))|\d+月\d+日电|电（|讯)"
)


def region_of(
    sentence: str,
    segment: tuple[int, int],
    clause: tuple[int, int],
    since: int,
    figure_start: int,
    is_chinese: bool,
    speaker: str | None,
) -> str | None:
    """Code of the one region named between a figure and the one before it (江苏9400个、浙江8100个),
    else in its clause, else before it, else of its speaker; NULL for none and for several.

    since: where the figure before ends, 0 for none."""
    read = _chinese if is_chinese else _english
    named = read(sentence)
    start = since or clause[0]
    beside = [code for place, code in named if start <= place < figure_start]
    if beside and (since or segment[1] < clause[1]):
        return _only(beside)
    inside = [code for place, code in named if clause[0] <= place < clause[1]]
    ahead = [code for place, code in named if place < clause[0]]
    return _only(inside or ahead or [code for _, code in read(speaker or "")])


def names_place(sentence: str, is_chinese: bool) -> bool:
    """Whether a sentence names any province or prefecture."""
    return bool((_chinese if is_chinese else _english)(sentence))


def only_place(sentence: str, is_chinese: bool) -> str | None:
    """Code of the one region that a sentence names; NULL for none and for several."""
    return _only([code for _, code in (_chinese if is_chinese else _english)(sentence)])


def _only(codes: list[str]) -> str | None:
    """The code that lies in all others of a chain (province, prefecture)."""
    deepest = max(codes, key=lambda code: len(code.rstrip("0")), default=None)
    if deepest is None or any(not deepest.startswith(_stem(code)) for code in codes):
        return None
    return deepest


def _stem(code: str) -> str:
    return re.sub(r"(?:00){1,2}$", "", code)


def _english(sentence: str) -> list[tuple[int, str]]:
    text = sentence.replace("’", "'")
    return [
        (match.start(), _codes()[ENGLISH_PLACES[match["place"]]])
        for match in _BY_ENGLISH.finditer(text)
        if match["place"] != "Beijing" or _CAPITAL.match(text, match.start())
    ]


def _chinese(sentence: str) -> list[tuple[int, str]]:
    return [
        (match.start(), _codes()[match[0]])
        for match in _by_chinese().finditer(sentence)
        if not _NO_PLACE.match(sentence, match.end())
    ]


@cache
def _codes() -> dict[str, str]:
    """Code of every name of a province or prefecture, and of its short form if that is no word."""
    is_name = pl.col("form").is_in(PLACES) | pl.col("form").str.contains("[省市州盟区]$")
    return dict(place_codes().filter(is_name).select("form", "region_code").iter_rows())


@cache
def _by_chinese() -> re.Pattern[str]:
    longest_first = sorted(_codes(), key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, longest_first)))
