{#-
    Regions and subjects that a title names in so many words. Nothing is inferred from who posts.
-#}

{#- Provinces by the short names in which titles write them, with their GB/T 2260 codes. -#}
{% macro provinces() %}{{ return([['北京', '110000'], ['天津', '120000'], ['河北', '130000'], ['山西', '140000'], ['内蒙古', '150000'], ['辽宁', '210000'], ['吉林', '220000'], ['黑龙江', '230000'], ['上海', '310000'], ['江苏', '320000'], ['浙江', '330000'], ['安徽', '340000'], ['福建', '350000'], ['江西', '360000'], ['山东', '370000'], ['河南', '410000'], ['湖北', '420000'], ['湖南', '430000'], ['广东', '440000'], ['广西', '450000'], ['海南', '460000'], ['重庆', '500000'], ['四川', '510000'], ['贵州', '520000'], ['云南', '530000'], ['西藏', '540000'], ['陕西', '610000'], ['甘肃', '620000'], ['青海', '630000'], ['宁夏', '640000'], ['新疆', '650000'], ['台湾', '710000'], ['香港', '810000'], ['澳门', '820000']]) }}{% endmacro %}

{#- One of them as a regular expression. -#}
{% macro province_pattern() -%}
    {% for name, code in provinces() %}{{ name }}{{ '|' if not loop.last }}{% endfor %}
{%- endmacro %}

{#-
    Where the name of a province is no place: a ship, an airline, a station, a team, a university or
    college (湖南大学, 湖南农业大学; not 湖南一大学), a bank, a dialect or a road that bears it (山东舰,
    四川话, 河南路); a company or a league of states known by it; two words that only together spell it
    (黄河北岸, 隆重庆祝, 西宁夏季); a person's name with it inside, which for 宁夏 is every Han character before
    it that is no preposition. One alternation reads from left to right, so that 广东湖南 stays two
    provinces.
-#}
{% macro no_place_pattern() -%}
    北京时间|台湾海峡|北京国安|北京首钢|北京现代|云南白药|贵州茅台|上海合作组织|山东泰山|上海申花|上海滩|(?:{{ province_pattern() }})(?:舰|号(?:[^贩]|$)|航空|卫视|电视台|队(?:[^伍]|$)|[男女][篮排足]|话|腔|大学(?:[^生]|$)|(?:{{ subject_of_a_university() }}){1,3}(?:大学(?:[^生]|$)|学院)|理工|银行|欢迎你|[东西南北中]?(?:路|街(?:[^头]|$)|大道))|[黄运淮]河[南北]|[太巢]湖[南北]|[佛中唐鞍]山[东西]|[珠松丽湛九]江西|[渤黄东]海南部|[隆双]重庆[祝典]|[网线登]上海[关外报]|[^· 　，。、：；！？“”《》（）0-9A-Za-z在去到赴至从往返回离援驻游的和与及为对是看]宁夏
{%- endmacro %}

{#- What stands between a province and 大学 in the name of a university: what is taught there. -#}
{% macro subject_of_a_university() -%}
    农业|农林|林业|师范|民族|医科|医药|中医药|中医|医学|药科|科技|科学|技术|理工|工业|工程|工商|化工|石油|矿业|地质|建筑|交通|航空|航天|海洋|水利|电力|电子|邮电|信息|财经|经济|经贸|贸易|商业|政法|警察|警官|外国语|外语|语言|体育|艺术|美术|音乐|戏剧|舞蹈|电影|传媒|职业
{%- endmacro %}

{#- A text in which only those names are left that are places. -#}
{% macro places_only(text) %}{{ regexp_replace_all(text, no_place_pattern(), '·') }}{% endmacro %}

{#- The code of the one province that a text names; NULL where it names none, or several. -#}
{% macro region_named(text) -%}
    {%- set places = places_only(text) -%}
    {%- set first = "regexp_extract(" ~ places ~ ", '" ~ province_pattern() ~ "', 0)" -%}
    case
        when regexp_extract(replace({{ places }}, {{ first }}, '·'), '{{ province_pattern() }}', 0) <> '' then null
        else case {{ first }}
            {%- for name, code in provinces() %}
            when '{{ name }}' then '{{ code }}'
            {%- endfor %}
        end
    end
{%- endmacro %}

{#- Whether a text speaks of a province as a place: 湖北大学 and 北京大学 are none. -#}
{% macro names_province_as_place(text) -%}
    regexp_extract(
        {{ text }},
        '({% for name, code in provinces() %}{{ name }}{{ '|' if not loop.last }}{% endfor %})(省|市|自治区|特别行政区|警方|公安|民警|交警|高警)',
        0
    ) <> ''
{%- endmacro %}

{#- The same in English. Beijing is left out: it mostly means the government. -#}
{% macro provinces_in_english() %}{{ return([['Tianjin', '120000'], ['Hebei', '130000'], ['Shanxi', '140000'], ['Inner Mongolia', '150000'], ['Liaoning', '210000'], ['Jilin', '220000'], ['Heilongjiang', '230000'], ['Shanghai', '310000'], ['Jiangsu', '320000'], ['Zhejiang', '330000'], ['Anhui', '340000'], ['Fujian', '350000'], ['Jiangxi', '360000'], ['Shandong', '370000'], ['Henan', '410000'], ['Hubei', '420000'], ['Hunan', '430000'], ['Guangdong', '440000'], ['Guangxi', '450000'], ['Hainan', '460000'], ['Chongqing', '500000'], ['Sichuan', '510000'], ['Guizhou', '520000'], ['Yunnan', '530000'], ['Tibet', '540000'], ['Shaanxi', '610000'], ['Gansu', '620000'], ['Qinghai', '630000'], ['Ningxia', '640000'], ['Xinjiang', '650000'], ['Taiwan', '710000'], ['Hong Kong', '810000'], ['Macao', '820000']]) }}{% endmacro %}

{% macro region_named_in_english(text) -%}
    case
        when (
            {%- for name, code in provinces_in_english() %}
            case when {{ text }} like '%{{ name }}%' then 1 else 0 end{{ ' +' if not loop.last }}
            {%- endfor %}
        ) = 1 and {{ text }} not like '%Beijing%'
            then case
                {%- for name, code in provinces_in_english() %}
                when {{ text }} like '%{{ name }}%' then '{{ code }}'
                {%- endfor %}
            end
    end
{%- endmacro %}

{#-
    Lexicon public_security_v1, frozen: a topic is about public security where its title holds one
    of these words. Whoever changes a word gives the lexicon a new name.
-#}
{% macro is_public_security(text) -%}
    coalesce(regexp_extract({{ text }}, '警|公安|派出所|刑拘|拘留|逮捕|嫌疑|嫌犯|涉嫌|犯罪|命案|杀害|遇害|杀人|诈骗|盗窃|抢劫|绑架|拐卖|毒品|贩毒|吸毒|酒驾|醉驾|肇事|失踪|失联|走失|投毒|斗殴|殴打|性侵|猥亵|通缉|自首|扫黑|黑恶', 0) <> '', false)
{%- endmacro %}
