package provider

// american are providers in America and those that serve the whole world from
// there.
var american = []row{
	{
		// https://autoconfig.thunderbird.net/v1.1/hotmail.com
		Settings: oauth(implicit("Outlook.com", "outlook.office365.com", emailAddress, microsoftNote)),
		domains: `outlook.com hotmail.com live.com msn.com windowslive.com outlook.at outlook.be outlook.cl outlook.cz
			outlook.de outlook.dk outlook.es outlook.fr outlook.hu outlook.ie outlook.in outlook.it outlook.jp outlook.kr
			outlook.lv outlook.my outlook.ph outlook.pt outlook.sa outlook.sg outlook.sk outlook.co.id outlook.co.il
			outlook.co.th outlook.com.ar outlook.com.au outlook.com.br outlook.com.gr outlook.com.tr outlook.com.vn
			hotmail.be hotmail.ca hotmail.cl hotmail.cz hotmail.de hotmail.dk hotmail.es hotmail.fi hotmail.fr hotmail.gr
			hotmail.hu hotmail.it hotmail.lt hotmail.lv hotmail.my hotmail.nl hotmail.no hotmail.ph hotmail.rs hotmail.se
			hotmail.sg hotmail.sk hotmail.co.id hotmail.co.il hotmail.co.in hotmail.co.jp hotmail.co.kr hotmail.co.th
			hotmail.co.uk hotmail.co.za hotmail.com.ar hotmail.com.au hotmail.com.br hotmail.com.hk hotmail.com.tr
			hotmail.com.tw hotmail.com.vn live.at live.be live.ca live.cl live.cn live.de live.dk live.fi live.fr live.hk
			live.ie live.in live.it live.jp live.nl live.no live.ru live.se live.co.jp live.co.kr live.co.uk live.co.za
			live.com.ar live.com.au live.com.mx live.com.my live.com.ph live.com.pt live.com.sg livemail.tw
			*.olc.protection.outlook.com`,
		names: "Outlook,Hotmail",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/office365.com
		Settings: hosting(oauth(implicit("Microsoft 365", "outlook.office365.com", emailAddress,
			"POP must be switched on for the mailbox in the Exchange admin center. Microsoft takes no password: set auth = \"xoauth2\" and run popbridge login."))),
		domains: "office365.com *.onmicrosoft.com *.mail.protection.outlook.com",
		names:   "Office 365,Exchange Online,Microsoft",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/yahoo.com
		Settings: implicit("Yahoo Mail", "pop.mail.yahoo.com", emailAddress, appPassword),
		domains: `yahoo.com yahoo.de yahoo.it yahoo.fr yahoo.es yahoo.se yahoo.co.in yahoo.co.uk yahoo.co.nz yahoo.com.au
			yahoo.com.ar yahoo.com.br yahoo.com.mx ymail.com myyahoo.com rocketmail.com cox.net`,
		names: "Yahoo,Cox",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/aol.com
		Settings: implicit("AOL Mail", "pop.aol.com", emailAddress, appPassword),
		domains: `aol.com aim.com netscape.net netscape.com compuserve.com cs.com wmconnect.com aol.de aol.it aol.fr aol.es
			aol.se aol.co.uk aol.co.nz aol.com.au aol.com.ar aol.com.br aol.com.mx`,
		names: "AOL",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/verizon.net
		Settings: implicit("Verizon", "pop.aol.com", emailAddress, appPassword),
		domains:  "verizon.net",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/att.net
		Settings: implicit("AT&T", "inbound.att.net", emailAddress,
			"Make a secure mail key in the account's settings; it takes the password's place."),
		domains: `att.net ameritech.net bellsouth.net currently.com flash.net nvbell.net pacbell.net prodigy.net
			sbcglobal.net snet.net swbell.net wans.net`,
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/comcast.net
		Settings: implicit("Xfinity", "mail.comcast.net", emailAddress,
			`Switch on "third party access security" in the settings of Xfinity's web mail.`),
		domains: "comcast.net",
		names:   "Comcast",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/charter.net
		Settings: implicit("Spectrum", "mobile.charter.net", emailAddress, ""),
		domains:  "charter.net spectrum.net bresnan.net",
		names:    "Charter",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/rr.com
		Settings: implicit("Road Runner", "mail.twc.com", emailAddress, ""),
		domains:  "rr.com",
		names:    "Time Warner Cable,TWC",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/earthlink.net
		Settings: implicit("EarthLink", "pop.earthlink.net", emailAddress, ""),
		domains:  "earthlink.net mindspring.com ix.netcom.com peoplepc.com",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/centurytel.net
		Settings: implicit("CenturyTel", "pop.centurytel.net", emailAddress, ""),
		domains: `centurytel.net clds.net coastalnow.net cochill.net cswnet.com emadisonriver.com emadisonriver.net
			gallatinriver.net grics.net gulftel.com madisonriver.biz mebtel.net`,
		names: "CenturyLink",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/bell.net
		Settings: implicit("Bell Canada", "pophm.sympatico.ca", emailAddress, ""),
		domains:  "bell.net sympatico.ca",
		names:    "Bell",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/3c267a844f3c4ff1066441244ce85af37735a8e0/ispdb/ionos.com
		Settings: hosting(implicit("IONOS (USA)", "pop.ionos.com", emailAddress, "")),
		domains:  "ionos.com 1and1.com *.perfora.net",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/zoho.com
		// https://www.zoho.com/mail/help/pop-access.html
		Settings: implicit("Zoho Mail", "pop.zoho.com", emailAddress, zohoNote),
		domains:  "zoho.com zohomail.com",
		names:    "Zoho",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/messagingengine.com
		Settings: hosting(implicit("Fastmail", "pop.fastmail.com", emailAddress,
			"Make an app password in Fastmail's settings; it takes the password's place.")),
		domains: "fastmail.com *.messagingengine.com",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/uol.com.br
		Settings: implicit("UOL", "pop3.uol.com.br", emailLocalPart, ""),
		domains:  "uol.com.br",
	},
}

const (
	microsoftNote = `Switch on POP in Outlook.com's settings under "Forwarding and IMAP". Microsoft takes no password: set auth = "xoauth2" and run popbridge login.`
	appPassword   = "Make an app password in the account's security settings; it takes the password's place."
)
