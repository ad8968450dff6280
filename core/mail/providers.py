"""Which email addresses are at a provider where anybody gets one, and which domain an organisation registered. Pure functions.

Kept by hand. A free-mail provider that is missing would let its customers sign for its own website, and share one limit; nothing else.
"""

import re


def _hosts(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Where anybody gets a mailbox: the large providers of the world, and access providers that give each customer one.
FREE_MAIL = _hosts(
    """
    gmail.com googlemail.com ymail.com rocketmail.com msn.com passport.com icloud.com me.com mac.com privaterelay.appleid.com aol.com
    aim.com mail.com email.com usa.com inbox.com lycos.com excite.com hey.com duck.com fastmail.com fastmail.fm hushmail.com runbox.com
    proton.me pm.me protonmail.com protonmail.ch tutanota.com tutanota.de tuta.com tuta.io tutamail.com mailfence.com mailbox.org
    posteo.de posteo.net riseup.net disroot.org zoho.com zoho.eu zoho.in zohomail.com zohomail.eu zohomail.in africamail.com mweb.co.za
    telkomsa.net vodamail.co.za webmail.co.za iafrica.com africaonline.co.ke wananchi.com web.de freenet.de t-online.de email.de
    arcor.de online.de mail.de bluewin.ch hispeed.ch sunrise.ch aon.at chello.at orange.fr free.fr wanadoo.fr laposte.net sfr.fr neuf.fr
    bbox.fr aliceadsl.fr numericable.fr skynet.be telenet.be proximus.be planet.nl hetnet.nl kpnmail.nl ziggo.nl home.nl xs4all.nl
    casema.nl upcmail.nl quicknet.nl chello.nl online.nl libero.it virgilio.it tiscali.it alice.it tin.it inwind.it fastwebnet.it
    telefonica.net ono.com sapo.pt clix.pt otenet.gr btinternet.com btopenworld.com sky.com virginmedia.com ntlworld.com talktalk.net
    blueyonder.co.uk eircom.net seznam.cz email.cz centrum.cz post.cz centrum.sk azet.sk wp.pl o2.pl onet.pl op.pl interia.pl tlen.pl
    freemail.hu citromail.hu abv.bg mail.bg mail.ru inbox.ru list.ru bk.ru internet.ru rambler.ru ya.ru ukr.net i.ua meta.ua inbox.lv
    inbox.lt telia.com comhem.se bredband.net online.no mail.dk tdcadsl.dk luukku.com walla.com walla.co.il netvision.net.il mynet.com
    comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com optonline.net shaw.ca
    sympatico.ca rogers.com telus.net videotron.ca bigpond.com optusnet.com.au iinet.net.au xtra.co.nz uol.com.br bol.com.br ig.com.br
    globo.com globomail.com oi.com.br r7.com arnet.com.ar fibertel.com.ar ciudad.com.ar prodigy.net.mx vtr.net qq.com vip.qq.com
    foxmail.com 163.com 126.com 139.com 188.com 189.cn yeah.net sina.com sina.cn sohu.com tom.com aliyun.com naver.com daum.net
    hanmail.net nate.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp nifty.com rediffmail.com rediff.com sify.com yopmail.com mailinator.com
    guerrillamail.com 10minutemail.com trashmail.com
    """
)

# The same name in many countries: yahoo.com, yahoo.co.uk, yahoo.fr.
FREE_MAIL_NAMES = frozenset(("yahoo", "hotmail", "outlook", "live", "gmx", "yandex", "terra"))

# Common public second levels of country domains: wemos.or.ke has an owner, or.ke has not. Not a complete list.
SECOND_LEVELS = _hosts("ac asso co com edu go gob gouv gov govt gub me mil ne net ngo nom or org sch")


def is_free_mail_host(host: str) -> bool:
    """Whether anybody can get an email address at this host (in lower case and ASCII)."""
    name, _, suffix = host.partition(".")
    return host in FREE_MAIL or (name in FREE_MAIL_NAMES and (suffix in ("com", "net") or bool(re.fullmatch(r"(com?\.)?[a-z]{2}", suffix))))


def is_registered_domain(host: str) -> bool:
    """Whether somebody owns this host: not a public suffix such as "org" or "or.ke"."""
    labels = host.split(".")
    return len(labels) > 2 or (len(labels) == 2 and not (len(labels[1]) == 2 and labels[0] in SECOND_LEVELS))


def registrable_domain(host: str) -> str:
    """The domain that its owner registered, with all hosts below it: "wemos.or.ke" for "mail.nairobi.wemos.or.ke"."""
    labels = host.split(".")
    return next((".".join(labels[-count:]) for count in (2, 3) if is_registered_domain(".".join(labels[-count:]))), host)
