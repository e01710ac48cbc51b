"""What sites say instead of an article, and articles that speak of the same things."""

from __future__ import annotations

import pytest

from orchestration.cleaning.notices import (
    CHECK,
    LOCKED,
    LOGIN,
    MISSING,
    page_notice,
    text_notice,
)

LONG = "The terms of the service and where its staff can be reached. " * 10


@pytest.mark.parametrize(("name", "text", "password", "expected"), [
    ("Sign in", LONG, True, LOGIN),
    ("用户登录 - 样城网", LONG, True, LOGIN),
    ("登录", "欢迎使用样城政务服务平台", False, LOGIN),
    ("样城网", "请填写账号", True, LOGIN),
    ("滑块验证", LONG, False, CHECK),
    ("样城网_安全验证", LONG, False, CHECK),
    ("Just a moment...", LONG, False, CHECK),
    ("样城网", "为保障您的账号安全，请拖动下方滑块完成拼图。如有疑问请联系客服。", False, CHECK),
    ("样城网", "滑块验证\n向右滑动完成，如有问题请刷新本页后再试。", False, CHECK),
    ("样城网", "检测到您的网络环境存在异常，请稍后再试。", False, CHECK),
    ("404 Not Found", LONG, False, MISSING),
    ("Error 404 (Not Found)!!1", LONG, False, MISSING),
    ("页面不存在 | 样城网", LONG, False, MISSING),
    ("样城网-404", LONG, False, MISSING),
    ("502 Bad Gateway", LONG, False, MISSING),
    ("样城网", "抱歉，您访问的页面不存在，可能已被移动。请返回首页继续浏览。", False, MISSING),
    ("某公众号", "该内容已被发布者删除", False, MISSING),
    ("样城要闻", "请登录后查看全文", False, LOCKED),
])  # fmt: skip
def test_pages_that_are_no_article(name: str, text: str, password: bool, expected: str) -> None:
    assert page_notice([name], text, asks_for_password=password) == expected


@pytest.mark.parametrize(("name", "text", "password"), [
    ("样城警方通报一起案件 - 样城网", LONG, True),
    ("How to sign in to the new service", LONG, True),
    ("滑块验证被破解 警方抓获12人", "样城警方通报，嫌疑人破解滑块验证，获利30万元。", False),
    ("警惕验证码骗局", "骗子发来“请输入验证码”的短信，民警提醒切勿告诉他人验证码。", False),
    ("人脸识别上线", "进行人脸验证时居民可选其他方式，样城公安局昨日表示。", False),
    ("404文库｜一篇被删的文章", LONG, False),
    ("404", LONG * 3, False),
    ("500 users answered", LONG, False),
    ("样城公安开通微博", "样城公安微博昨日开通，居民可登录网站查看办事指南。", False),
])  # fmt: skip
def test_articles_that_speak_of_such_things(name: str, text: str, password: bool) -> None:
    assert page_notice([name], text, asks_for_password=password) is None


@pytest.mark.parametrize("text", [
    "请登录后查看全文", "[请登录后阅读全文]", "登录后查看全文 立即登录 注册", "查看全文请登录",
    "本文仅限会员阅读，请先登录。", "您还没有登录，请登录后继续阅读全文", "此内容仅对订阅者可见",
    "这篇文章受密码保护，要查看内容请在下方输入您的密码。",
    "Please log in to read the full article.",
    "This content is password protected. To view it please enter your password below:\nPassword:",
    "There is no excerpt because this is a protected post.", "Subscribe to continue reading",
])  # fmt: skip
def test_texts_that_say_only_that_they_are_locked(text: str) -> None:
    assert text_notice(text) == LOCKED


@pytest.mark.parametrize("text", [
    None, "", "样城公安局昨日通报一起案件，抓获嫌疑人三名，正在进一步侦办。请登录后查看全文",
    "市民可登录样城公安网站查看办事指南，并可在网上预约办理。", "购买力持续显示疲软",
    "警方提醒：切勿向他人透露验证码。", "Officers showed residents how to log in.",
])  # fmt: skip
def test_texts_that_say_something(text: str | None) -> None:
    assert text_notice(text) is None
