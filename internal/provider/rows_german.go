package provider

// german are providers in Germany, Austria and Switzerland.
var german = []row{
	{
		// https://autoconfig.thunderbird.net/v1.1/gmx.net
		Settings: implicit("GMX", "pop.gmx.net", emailAddress, gmxNote),
		domains:  "gmx.net gmx.de gmx.at gmx.ch gmx.eu gmx.biz gmx.org gmx.info mein.gmx mail.gmx email.gmx",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/gmx.com
		Settings: implicit("GMX (international)", "pop.gmx.com", emailAddress, gmxNote),
		domains: `gmx.com gmx.tm gmx.us gmx.co.uk gmx.es gmx.fr gmx.ca gmx.cn gmx.co.in gmx.com.br gmx.com.my gmx.hk
			gmx.ie gmx.ph gmx.pt gmx.ru gmx.se gmx.sg gmx.tw gmx.com.tr gmx.it gmx.li`,
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/web.de
		Settings: implicit("WEB.DE", "pop3.web.de", emailLocalPart,
			gmxNote+" The server takes a login every 15 minutes only: let cron run popbridge no more often."),
		domains: "web.de",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/mail.com
		Settings: implicit("mail.com", "pop.mail.com", emailAddress, ""),
		domains: `mail.com mail.org email.com post.com usa.com accountant.com consultant.com dr.com engineer.com
			cheerful.com techie.com linuxmail.org europe.com london.com uymail.com myself.com iname.com writeme.com`,
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/t-online.de
		Settings: implicit("T-Online", "securepop.t-online.de", emailAddress,
			"Set an e-mail password (E-Mail-Passwort) in the customer centre first: the password of the web site doesn't do."),
		domains: "t-online.de magenta.de",
		names:   "Telekom",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/3c267a844f3c4ff1066441244ce85af37735a8e0/ispdb/ionos.de
		Settings: hosting(implicit("IONOS (Germany)", "pop.ionos.de", emailAddress, "")),
		domains:  "ionos.de *.kundenserver.de *.schlund.de",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/1und1.de
		Settings: implicit("1&1", "pop.1und1.de", emailAddress, ""),
		domains:  "online.de onlinehome.de sofortstart.de sofort-start.de sofortsurf.de sofort-surf.de go4more.de",
		names:    "1und1",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/strato.de
		Settings: hosting(implicit("Strato", "pop3.strato.de", emailAddress, "")),
		domains:  "strato.de *.rzone.de",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/ca8321c9fb45045e83ab84e7a6c334541e30d5a5/df.eu
		Settings: hosting(implicit("domainFACTORY", "sslmailpool.ispgateway.de", emailAddress, "")),
		domains:  "*.ispgateway.de",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/c64bb9af6c18b9dfd7cb4312cccbc94b89a5df63/goneo.de
		Settings: hosting(implicit("goneo", "pop.goneo.de", emailAddress, "")),
		domains:  "*.goneo.de",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/posteo.de
		Settings: implicit("Posteo", "posteo.de", emailAddress, ""),
		domains: `posteo.de posteo.at posteo.be posteo.ca posteo.ch posteo.cl posteo.co posteo.co.uk posteo.com
			posteo.com.br posteo.cr posteo.cz posteo.dk posteo.ee posteo.es posteo.eu posteo.fi posteo.gl posteo.gr
			posteo.hn posteo.hr posteo.hu posteo.ie posteo.in posteo.is posteo.it posteo.jp posteo.la posteo.li
			posteo.lt posteo.lu posteo.me posteo.mx posteo.my posteo.net posteo.nl posteo.no posteo.nz posteo.org
			posteo.pe posteo.pl posteo.pm posteo.pt posteo.ro posteo.se posteo.sg posteo.si posteo.tn posteo.uk
			posteo.us`,
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/vodafonemail.de
		Settings: implicit("Vodafone (Germany)", "pop3.vodafonemail.de", emailAddress, ""),
		domains:  "vodafonemail.de vodafone.de arcor.de kabelmail.de",
		names:    "Arcor,Vodafone",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/1c9642d70c896d7babbaa4e1bb31a4680b4878de/bluewin.ch
		Settings: implicit("Bluewin", "pop3s.bluewin.ch", emailAddress, ""),
		domains:  "bluewin.ch bluemail.ch",
		names:    "Swisscom",
	},
}

// gmxNote is the same at GMX and WEB.DE, which are one company.
const gmxNote = `Switch on "POP3 & IMAP" in the settings of the web mail.`
