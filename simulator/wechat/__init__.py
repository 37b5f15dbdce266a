"""WeChat, played strictly: both servers, its pushes, and customers with their phones.

Knows nothing of the desk but the address it pushes to. The way in is `simulator.Simulator`; the
guide is docs/guides/wechat-simulator.md.
"""
