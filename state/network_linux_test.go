package state

import "testing"

func TestNetworked(t *testing.T) {
	for magic, want := range map[uint32]bool{
		0x6969: true, 0xff534d42: true, 0xfe534d42: true, 0x01021997: true, 0x65735546: true,
		0xef53: false /* ext4 */, 0x01021994: false /* tmpfs */, 0x794c7630: false, /* overlayfs */
		0x9123683e: false /* btrfs */, 0x58465342: false, /* XFS */
	} {
		if got := networkMagic(magic); got != want {
			t.Errorf("%#x: %v", magic, got)
		}
	}
	if networked("/proc") || networked("/does/not/exist") {
		t.Error("a local folder counts as networked")
	}
}
