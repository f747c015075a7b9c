package provider

// european are providers in Europe's other countries.
var european = []row{
	{
		// https://autoconfig.thunderbird.net/v1.1/orange.fr
		Settings: implicit("Orange (France)", "pop.orange.fr", emailAddress, ""),
		domains:  "orange.fr wanadoo.fr",
		names:    "Orange,Wanadoo",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/free.fr
		Settings: implicit("Free", "pop.free.fr", emailLocalPart, ""),
		domains:  "free.fr",
		names:    "Freebox",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/bbcd0c7e97a016936e2887fa24efee02a7623a4a/sfr.fr
		Settings: implicit("SFR", "pop.sfr.fr", emailAddress, ""),
		domains:  "sfr.fr neuf.fr club-internet.fr",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/dcf6dd255605b89fde181f1202e403bbf0ce3374/ispdb/ionos.fr
		Settings: hosting(implicit("IONOS (France)", "pop.ionos.fr", emailAddress, "")),
		domains:  "ionos.fr 1and1.fr unetun.com",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/c0708c2b03f112063503d5f54df8c39a8e0dde40/ispdb/libero.it
		Settings: implicit("Libero", "popmail.libero.it", emailAddress, ""),
		domains:  "libero.it iol.it blu.it inwind.it giallo.it",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/virgilio.it
		Settings: implicit("Virgilio", "in.virgilio.it", emailAddress, ""),
		domains:  "virgilio.it",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/tim.it
		Settings: starttls("TIM", "pop.tim.it", emailAddress, ""),
		domains:  "tim.it",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/alice.it
		Settings: starttls("Alice", "in.alice.it", emailAddress, ""),
		domains:  "alice.it",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/tiscali.it
		Settings: implicit("Tiscali (Italy)", "pop.tiscali.it", emailAddress, ""),
		domains:  "tiscali.it",
		names:    "Tiscali",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/fastwebnet.it
		Settings: implicit("Fastweb", "pop.fastwebnet.it", emailAddress, ""),
		domains:  "fastwebnet.it",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/a354cde65f2b02223e8d8a1a5963f7bf017623be/btinternet.com
		Settings: implicit("BT", "mail.btinternet.com", emailAddress, ""),
		domains:  "btinternet.com btopenworld.com talk21.com",
		names:    "BT Mail",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/98366cde3c42704a6462a5c65337267e4275a5db/virginmedia.com
		Settings: implicit("Virgin Media", "pop3.virginmedia.com", emailAddress, ""),
		domains:  "virginmedia.com",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/ntlworld.com
		Settings: implicit("NTL World (Virgin Media)", "pop3.ntlworld.com", emailAddress, ""),
		domains:  "ntlworld.com",
		names:    "NTL World",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/083943c9e5bcd7f61903d46d51efb6f79b5a7785/ispdb/sky.com
		Settings: implicit("Sky", "pop.tools.sky.com", emailAddress, ""),
		domains:  "sky.com",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/kpnmail.nl
		Settings: implicit("KPN", "pop.kpnmail.nl", emailAddress, ""),
		domains: `kpnmail.nl kpnplanet.nl planet.nl wxs.nl hetnet.nl freeler.nl snelnet.net on.nl onsbrabantnet.nl
			onsmail.nl onsnet.nu onsneteindhoven.nl onsnetnuenen.nl xs4all.nl telfort.nl tip.nl tiscali.nl
			tiscalimail.nl`,
		names: "XS4ALL,Telfort",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/ziggo.nl
		Settings: implicit("Ziggo", "pop.ziggo.nl", emailAddress, ""),
		domains: `ziggo.nl ziggomail.com hahah.nl casema.nl zinders.nl zeggis.nl zeggis.com razcall.nl razcall.com
			upcmail.nl chello.nl multiweb.nl home.nl quicknet.nl`,
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/skynet.be
		Settings: implicit("Proximus", "pop.proximus.be", emailAddress, ""),
		domains:  "proximus.be skynet.be belgacom.net kidcity.be",
		names:    "Skynet,Belgacom",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/0c47e31622da0a2b1419ebe83caac447779de800/seznam.cz
		Settings: implicit("Seznam", "pop3.seznam.cz", emailAddress, ""),
		domains:  "seznam.cz email.cz post.cz spoluzaci.cz",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/5ed084ac0461fcc824d1a944528c05494b553b14/ispdb/wp.pl
		Settings: implicit("WP Poczta", "pop3.wp.pl", emailLocalPart, ""),
		domains:  "wp.pl",
		names:    "Wirtualna Polska",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/o2.pl
		Settings: implicit("o2 Poczta", "poczta.o2.pl", emailLocalPart,
			"Switch on the access for mail programs (dostęp dla programów pocztowych) in the web mail's settings."),
		domains: "o2.pl go2.pl tlen.pl prokonto.pl",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/f5e2cffdc024355e5cf69a123de2a77cee73b1b4/ispdb/onet.pl
		Settings: implicit("Onet Poczta", "pop3.poczta.onet.pl", emailAddress, ""),
		domains: `onet.pl onet.eu poczta.onet.pl poczta.onet.eu op.pl vp.pl autograf.pl buziaczek.pl amorki.pl
			republika.pl adres.pl cyberia.pl onet.com.pl opoczta.pl pseudonim.pl spoko.pl vip.onet.pl`,
		names: "Onet",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/me.com (which lists no POP3 server)
		// https://support.apple.com/HT202304
		Settings: none("iCloud", "Apple's iCloud Mail has no POP3 server, only IMAP."),
		domains:  "icloud.com me.com mac.com",
		names:    "Apple",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/ec14b4fc4c70c90dd781f7dfe2c20cf84f3e5f60/ispdb/protonmail.com
		Settings: none("Proton Mail", "Proton Mail has no POP3 server, only IMAP by way of its Bridge."),
		domains:  "proton.me protonmail.com protonmail.ch pm.me",
		names:    "Proton",
	},
}
