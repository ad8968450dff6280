"""Hosts that say nothing of who somebody is, because they belong to many: data, no code.

Kept by hand. A free-mail provider that is missing would let its customers sign for its own website, nothing else; a network that
is missing would take all that give their page there for one organisation.
"""


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

# Networks, shops and shorteners, whose domain does not identify the owner of a page. Neither do their subdomains.
SHARED_HOSTS = _hosts(
    """
    facebook.com fb.com fb.me fb.watch messenger.com instagram.com threads.net linkedin.com lnkd.in x.com twitter.com t.co bsky.app
    mastodon.social tiktok.com snapchat.com pinterest.com reddit.com vk.com ok.ru weibo.com xing.com flickr.com youtube.com youtu.be
    vimeo.com dailymotion.com soundcloud.com spotify.com twitch.tv google.com g.page goo.gl forms.gle dropbox.com onedrive.live.com
    sharepoint.com icloud.com box.com wetransfer.com canva.com padlet.com t.me telegram.me telegram.org wa.me whatsapp.com discord.gg
    discord.com signal.group zoom.us bit.ly tinyurl.com ow.ly is.gd rb.gy cutt.ly linktr.ee beacons.ai about.me campsite.bio github.com
    gitlab.com blogger.com issuu.com scribd.com slideshare.net academia.edu researchgate.net orcid.org eventbrite.com meetup.com
    gofundme.com globalgiving.org patreon.com paypal.com paypal.me justgiving.com change.org avaaz.org mailchi.mp typeform.com
    surveymonkey.com jotform.com wikipedia.org wikimedia.org archive.org
    """
)

# Builders of websites: the host itself is nobody's, each subdomain is somebody's.
SITE_BUILDERS = _hosts(
    """
    wordpress.com blogspot.com weebly.com wix.com wixsite.com wixstudio.io editorx.io squarespace.com medium.com substack.com tumblr.com
    github.io gitlab.io codeberg.page netlify.app vercel.app pages.dev web.app firebaseapp.com herokuapp.com onrender.com
    azurewebsites.net jimdo.com jimdofree.com jimdosite.com webnode.com webnode.page strikingly.com mystrikingly.com site123.me
    godaddysites.com business.site carrd.co notion.site framer.website webflow.io tilda.ws ucoz.ru ucoz.com fc2.com webs.com
    yolasite.com ning.com wildapricot.org over-blog.com canalblog.com e-monsite.com typepad.com livejournal.com neocities.org
    mailchimpsites.com wpengine.com wpcomstaging.com
    """
)

# Common public second levels of country domains: wemos.or.ke has an owner, or.ke has not. Not a complete list.
SECOND_LEVELS = _hosts("ac asso co com edu go gob gouv gov govt gub me mil ne net ngo nom or org sch")
