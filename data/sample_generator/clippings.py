"""Texts of `inbox/clippings`, written for this sample. Places, people and figures are invented."""

from __future__ import annotations

CLIPPINGS = {
    "2026-07-06_ministry_urges_microblogs": """
Sample Ministry Tells Police to Open Up on Microblogs

July 6, 2026 | By Lee Yang | The Sample Courier

Police forces should treat microblogs as an everyday tool for talking with residents, the Sample
Ministry of Public Security said at a two-day meeting that ended on Sunday.

Vice minister Shi Li told delegates that officers ought to publish verified information early,
clear up misunderstandings before they spread and reply to questions "within hours, not weeks".

In Yang Province alone, police organs have opened more than 400 official microblogs, and about
500 officers write under their verified names, the ministry said. Together the accounts have
nearly 30 million followers.

The province's best known account, run by the police of Yangcheng, answered 1,240 questions from
residents in the first half of the year, according to the ministry.

Critics doubt that opening an account is the same as answering. "Count the replies, not the
profiles," said Li Yangyang, who studies local government at Sample University.

Subscribe to our newsletter
Share this article
Advertisement
Follow us
Back to top
""",
    "2026-07-07_样报_微博问政": """
样省公安微博已超四百个 民警实名近五百人

2026年7月7日 09:20　来源：样报网　记者 例一

示例公安部日前召开会议，要求各地公安机关把微博作为日常工作平台，第一时间发布权威信息，及时回应群众关切。

会议通报，样省各级公安机关在新浪、腾讯两家网站共开通官方微博400多个，实名认证的民警个人微博近500个，粉丝总数约2900万。

部分县区提出，突发事件应在5小时内发布权威信息，24小时内作出进一步回应。

样城市一名社区民警告诉记者，他每天要用两个小时回复留言，“问得最多的是户口和停车”。

上一篇：一周天气
下一篇：夏日菜谱
【打印】【关闭】【返回顶部】
""",
    "2026-07-15_traffic_police_followers": """
Traffic Accounts Gain Readers, Lose Patience

Sample Courier, July 15, 2026

Traffic police accounts in Shi Province reached 4.2 million followers at the end of June, up from
3.9 million a year earlier, an increase of 7.7 percent, the provincial office said on Wednesday.

The province counts 61 traffic accounts at prefecture and county level. Twelve have not posted
since spring.

A spokesperson said inactive accounts would be closed or merged by September.

Related: How to read a parking ticket
Cookie settings
""",
    "2026-07-22_暴雨中的信息": """
暴雨夜，谁先说话

2026-07-22 21:05:00

样江入夏以来最强一轮降雨后，多条道路积水。记者梳理当晚的微博发现，最早的提示来自一个派出所账号，比市级账号早了近三小时。

有网友留言说：“我们不怕坏消息，怕没有消息。”

样江市有关部门回应，今后将把基层账号纳入统一的预警流程，确保30分钟内首发。

责任编辑：示二　审核：例三
""",
    "2026-08-01_rumours_and_rebuttals": """
How Fast Do Officials Deny a Rumour?

1 August 2026

A false report that ten children had vanished in one night travelled through Li Province last
month. The county police denied it after eleven hours. By then it had been shared more than
20,000 times.

Of 38 false reports reviewed by the Sample Fact Desk this year, 31 were denied by an official
account, half of them within 12 hours. Seven were never mentioned by anyone in office.

The desk's editor, Yang Shi, warns against averages. "The ones nobody answers do not have an
answering time," she said.

Terms of use
Privacy
""",
    "2026-08-11_账号清单": """
样、示、例三省公布政务微博清单

来源：示例日报　2026年8月11日

三省昨日同时公布新一批政务微博清单，其中公安类账号新增15个，均为此前已经注册、本次纳入监测的账号。

清单显示，三省公安机关账号合计约130个，其中县级占一半以上。连续14天不更新的账号将被点名。

（完）
""",
    "2026-08-13_zombie_followers": """
Platform Sweeps Out Fake Followers

August 13, 2026 - Sample Wire

Hundreds of official accounts woke up with fewer followers on Thursday after the platform removed
what it called inactive profiles. Losses ranged from 2 to 9 percent, according to a count by this
agency of 190 accounts.

The account of the Sample Daily lost several hundred thousand followers overnight.

"A smaller number that is true is better than a larger one that is not," the daily wrote.

Sign in to comment
""",
    "2026-08-25_petition_board": """
Petition Board Answers Most Letters, Slowly

Tuesday 25 August 2026, The Sample Courier

Residents who write to the message board of Yang Province wait six days for an answer on average,
figures published on Tuesday suggest. About 70 percent of the letters sent since July have been
answered; 15 percent are being handled; the others are open.

The city of Yangzhou (the sample one) was quickest, with a median of four days.

More from this section
Contact the editor
""",
}
